-- The balance of an account without a balance row: by the last closing that changed it, and the entries
-- of unclosed settlements. It is one statement, so a concurrent closing is counted once.
CREATE OR REPLACE FUNCTION ledger_rolled_up_balance(p_id uuid) RETURNS numeric
LANGUAGE sql STABLE
RETURN coalesce((
    SELECT balance FROM ledger_closing_balance
    WHERE account_id = p_id ORDER BY closing_number DESC LIMIT 1
), 0) + coalesce((
    -- Not a join: with any estimate of the planner, each settlement costs one index lookup.
    SELECT sum((
        SELECT amount FROM ledger_entry AS entry
        WHERE entry.settlement_id = unclosed.settlement_id AND entry.account_id = p_id
    ))
    FROM ledger_unclosed_settlement AS unclosed
), 0);
