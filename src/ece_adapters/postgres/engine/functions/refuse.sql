-- A refusal in the domain's words: the error's stable code, and its details as JSON.
CREATE OR REPLACE FUNCTION refuse(code text, details jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING errcode = 'EC002', message = code, detail = details::text;
END $$;
