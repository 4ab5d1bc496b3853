-- Says why a keyed update of ledger_settle found nothing to change. It locks the row, so what it says
-- still holds when it says it; where nothing stands in the way by then, it returns, and the update is
-- tried again.
CREATE OR REPLACE FUNCTION ledger_check_hold(
    p_id uuid, p_thing uuid, p_owner uuid, p_captured bigint, p_left_as text, p_now timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    hold   ledger_hold;
    id_    jsonb := jsonb_build_object('hold_id', p_id);
    is_past_expiry boolean;
BEGIN
    SELECT * INTO hold FROM ledger_hold WHERE id = p_id FOR UPDATE;
    IF NOT FOUND
        OR (coalesce(hold.account_id, hold.card_id), hold.owner_id)
            IS DISTINCT FROM (p_thing, p_owner)
    THEN
        PERFORM refuse('ledger.hold-not-found', id_);
    END IF;
    IF hold.state <> 'open' THEN
        PERFORM refuse('ledger.hold-not-open', id_ || jsonb_build_object('state', hold.state));
    END IF;
    is_past_expiry := hold.expires_at IS NOT NULL AND hold.expires_at <= p_now;
    IF p_captured > 0 AND is_past_expiry THEN
        PERFORM refuse('ledger.hold-expired', id_);
    END IF;
    IF p_left_as = 'expired' AND NOT is_past_expiry THEN
        PERFORM refuse('ledger.hold-not-expired', id_);
    END IF;
    IF p_captured > hold.amount - hold.captured THEN
        PERFORM refuse('ledger.hold-exceeded', id_ || jsonb_build_object(
            'remaining', hold.amount - hold.captured, 'needed', p_captured
        ));
    END IF;
END $$;
