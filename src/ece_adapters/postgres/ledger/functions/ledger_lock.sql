-- Locks the rows that several writes of one transaction will change, always in the same order. Rows
-- that do not exist yet need no lock.
CREATE OR REPLACE FUNCTION ledger_lock(
    hold_ids uuid[], account_ids uuid[], debited_ids uuid[], card_ids uuid[]
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger_hold WHERE id = ANY (hold_ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ledger_account WHERE id = ANY (account_ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ledger_platform_account WHERE id = ANY (debited_ids) ORDER BY id FOR UPDATE;
    PERFORM FROM cards_card WHERE id = ANY (card_ids) ORDER BY id FOR NO KEY UPDATE;
END $$;
