-- Accepts a settlement that is already recorded, unless its id was used for other moves.
CREATE OR REPLACE FUNCTION ledger_check_replay(p_id uuid, p_digest bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_digest <> (SELECT digest FROM ledger_settlement WHERE id = p_id) THEN
        PERFORM refuse('ledger.settlement-id-reused', jsonb_build_object('settlement_id', p_id));
    END IF;
END $$;
