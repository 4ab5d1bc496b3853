-- Raises the reason why ledger_settle found no hold to end or capture. It locks an open hold's row, so
-- the reason is still valid when it is raised. If there is no reason any more, it returns, and
-- ledger_settle tries again.
CREATE OR REPLACE FUNCTION ledger_check_hold(
    p_id uuid, p_context text, p_subject uuid, p_owner uuid, p_captured bigint, p_left_as text,
    p_now timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    hold   ledger_any_hold;
    held_asset text;
    id_    jsonb := jsonb_build_object('hold_id', p_id);
    is_past_expiry boolean;
BEGIN
    PERFORM FROM ledger_hold WHERE id = p_id FOR UPDATE;
    SELECT * INTO hold FROM ledger_any_hold WHERE id = p_id;
    IF NOT FOUND
        OR (hold.context, coalesce(hold.account_id, hold.card_id), hold.owner_id)
            <> (p_context, p_subject, p_owner)
    THEN
        PERFORM refuse('ledger.hold-not-found', id_);
    END IF;
    IF hold.state <> 'open' THEN
        PERFORM refuse('ledger.hold-not-open', id_ || jsonb_build_object('state', hold.state));
    END IF;
    is_past_expiry := hold.expires_at IS NOT NULL AND hold.expires_at <= p_now;
    IF p_captured > 0 AND is_past_expiry THEN
        PERFORM refuse('ledger.hold-past-expiry', id_);
    END IF;
    IF p_left_as = 'expired' AND NOT is_past_expiry THEN
        PERFORM refuse('ledger.hold-not-expired', id_);
    END IF;
    IF p_captured > hold.amount - hold.captured THEN
        SELECT asset INTO held_asset FROM ledger_account WHERE id = hold.account_id;
        PERFORM refuse('ledger.hold-exceeded', id_ || jsonb_build_object(
            'remaining', ledger_money(hold.amount - hold.captured, held_asset),
            'needed', ledger_money(p_captured, held_asset)
        ));
    END IF;
END $$;
