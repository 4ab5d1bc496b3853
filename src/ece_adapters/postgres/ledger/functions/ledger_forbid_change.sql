-- Refuses every change that fires its trigger.
CREATE OR REPLACE FUNCTION ledger_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is forbidden: the ledger only adds', TG_OP, TG_TABLE_NAME;
END $$;
