-- Raises the reason why an update of ledger_settle found no row. It locks the row, so the reason is
-- still valid when it is raised. If there is no reason any more, it returns, and the update is tried
-- again. Opens a missing account.
CREATE OR REPLACE FUNCTION ledger_check_account(
    p_id uuid, p_kind text, p_owner uuid, p_asset text, p_amount bigint, p_held bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    account ledger_account;
BEGIN
    INSERT INTO ledger_account (id, kind, owner_id, asset)
    VALUES (p_id, p_kind, p_owner, p_asset)
    ON CONFLICT (id) DO NOTHING;
    SELECT * INTO account FROM ledger_account WHERE id = p_id FOR UPDATE;
    IF account.asset <> p_asset THEN
        RAISE EXCEPTION USING
            errcode = 'check_violation', constraint = 'ledger_account_asset',
            message = format('account %s is not in %s', p_id, p_asset);
    END IF;
    IF account.balance - account.held + p_amount - p_held < 0 THEN
        PERFORM refuse('ledger.insufficient-funds', jsonb_build_object(
            'available', ledger_money(account.balance - account.held, p_asset),
            'needed', ledger_money(p_held - p_amount, p_asset)
        ));
    END IF;
    IF account.balance + p_amount > 1000000000000000000 THEN
        PERFORM refuse('ledger.balance-limit', jsonb_build_object(
            'max_balance', ledger_money(1000000000000000000, p_asset)
        ));
    END IF;
END $$;
