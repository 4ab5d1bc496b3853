-- The balance of an account that keeps none: its row of the last closing that changed it, and the entries
-- of unclosed settlements. One statement, so a closing that ends meanwhile is counted once.
CREATE OR REPLACE FUNCTION ledger_rolled_up_balance(p_id uuid) RETURNS numeric
LANGUAGE sql STABLE
RETURN coalesce((
    SELECT balance FROM ledger_closing_balance
    WHERE account_id = p_id ORDER BY closing_number DESC LIMIT 1
), 0) + coalesce((
    -- Not a join: whatever the planner believes of the queue, each settlement is one look at a key.
    SELECT sum((
        SELECT amount FROM ledger_entry AS entry
        WHERE entry.settlement_id = unclosed.settlement_id AND entry.account_id = p_id
    ))
    FROM ledger_unclosed_settlement AS unclosed
), 0);
