-- Records the name of an account without a balance row if it is new, and refuses to overdraw a platform
-- account. Credits lock nothing. A debit locks the name to the end of the transaction, so that the next
-- debit sees this one.
CREATE OR REPLACE FUNCTION ledger_check_platform_account(
    p_id uuid, p_kind text, p_owner text, p_asset text, p_amount bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    recorded_asset text;
    balance        numeric;
BEGIN
    INSERT INTO ledger_platform_account (id, kind, owner, asset)
    VALUES (p_id, p_kind, p_owner, p_asset)
    ON CONFLICT (id) DO NOTHING;
    IF p_kind = 'external' OR p_amount >= 0 THEN
        SELECT asset INTO recorded_asset FROM ledger_platform_account WHERE id = p_id;
    ELSE
        SELECT asset INTO recorded_asset FROM ledger_platform_account WHERE id = p_id FOR UPDATE;
        balance := ledger_rolled_up_balance(p_id);
        IF balance + p_amount < 0 THEN
            PERFORM refuse('ledger.insufficient-funds', jsonb_build_object(
                'available', ledger_money(balance, p_asset), 'needed', ledger_money(-p_amount, p_asset)
            ));
        END IF;
    END IF;
    IF recorded_asset <> p_asset THEN
        RAISE EXCEPTION USING
            errcode = 'check_violation', constraint = 'ledger_account_asset',
            message = format('account %s is not in %s', p_id, p_asset);
    END IF;
END $$;
