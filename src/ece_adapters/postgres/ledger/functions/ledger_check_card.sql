-- Raises the reason why an update of ledger_settle found no row. It locks the row, so the reason is
-- still valid when it is raised. If there is no reason any more, it returns, and the update is tried
-- again.
CREATE OR REPLACE FUNCTION ledger_check_card(p_id uuid, p_owner uuid, p_hold uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    card record;
BEGIN
    SELECT owner_id, hold_id INTO card FROM cards_card WHERE id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('cards.card-not-found', jsonb_build_object('card_id', p_id));
    END IF;
    IF card.owner_id <> p_owner THEN
        PERFORM refuse('ledger.card-not-owned', jsonb_build_object('card_id', p_id));
    END IF;
    IF card.hold_id IS DISTINCT FROM p_hold THEN
        PERFORM refuse('ledger.card-already-held', jsonb_build_object('card_id', p_id));
    END IF;
END $$;
