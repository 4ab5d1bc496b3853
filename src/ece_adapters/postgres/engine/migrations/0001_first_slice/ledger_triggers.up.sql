-- The ledger is append-only.
CREATE TRIGGER ledger_settlement_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_settlement
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_card_transfer_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_card_transfer
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_closed_settlement_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closed_settlement
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_ended_hold_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_ended_hold
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_payout_line_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_payout_line
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_closing_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_closing_balance_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing_balance
    EXECUTE FUNCTION ledger_forbid_change();
