-- Raises an error of the domain: its stable code, and its fields as JSON.
CREATE OR REPLACE FUNCTION refuse(code text, details jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING errcode = 'EC002', message = code, detail = details::text;
END $$;
