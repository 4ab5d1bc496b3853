-- Records a closing and the balances that it changed, and moves its settlements from the queue to the
-- closed ones. All of them must be queued; otherwise another closing has closed them meanwhile.
CREATE OR REPLACE FUNCTION ledger_close(
    p_number bigint, p_digest bytea, p_closed_at timestamptz,
    settlement_ids uuid[], account_ids uuid[], balances numeric[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    INSERT INTO ledger_closing (number, settlement_count, digest, closed_at)
    VALUES (p_number, cardinality(settlement_ids), p_digest, p_closed_at);
    INSERT INTO ledger_closing_balance (closing_number, account_id, balance)
    SELECT p_number, * FROM unnest(account_ids, balances);
    INSERT INTO ledger_closed_settlement (closing_number, settlement_id)
    SELECT p_number, * FROM unnest(settlement_ids);
    DELETE FROM ledger_unclosed_settlement WHERE settlement_id = ANY (settlement_ids);
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> cardinality(settlement_ids) THEN
        PERFORM refuse('kernel.concurrent-change');
    END IF;
END $$;
