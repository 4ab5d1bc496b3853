-- A guard inside a statement: the part with this index must have changed this number of rows.
CREATE OR REPLACE FUNCTION require_rows(actual bigint, expected integer, part integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF actual <> expected THEN
        RAISE EXCEPTION USING errcode = 'EC001', message = part::text;
    END IF;
END $$;
