-- User accounts alone keep a balance. Few columns change, so the page keeps room for new versions.
CREATE TABLE ledger_account (
    id       uuid   CONSTRAINT ledger_account_pkey PRIMARY KEY,
    owner_id uuid   NOT NULL,
    asset    text   NOT NULL,
    balance  bigint NOT NULL DEFAULT 0,
    held     bigint NOT NULL DEFAULT 0,
    CONSTRAINT ledger_account_held CHECK (0 <= held AND held <= balance),
    CONSTRAINT ledger_account_balance CHECK (balance <= 1000000000000000000)
) WITH (fillfactor = 60);
CREATE INDEX ledger_account_owner ON ledger_account (owner_id);

-- The names behind the ids of accounts that keep no balance: a row that every sale writes to would
-- be a queue for all of them.
CREATE TABLE ledger_platform_account (
    id    uuid CONSTRAINT ledger_platform_account_pkey PRIMARY KEY,
    kind  text NOT NULL,
    owner text NOT NULL,
    asset text NOT NULL
);

CREATE VIEW ledger_account_name AS
    SELECT id, 'user' AS kind, owner_id::text AS owner, asset FROM ledger_account
    UNION ALL
    SELECT id, kind, owner, asset FROM ledger_platform_account;

CREATE TABLE ledger_settlement (
    id         uuid        CONSTRAINT ledger_settlement_pkey PRIMARY KEY,
    purpose    text        NOT NULL,
    digest     bytea       NOT NULL,
    settled_at timestamptz NOT NULL
);

-- No foreign keys: they would cost more than the rest of an entry, and the books are checked anyway.
-- The ids of one account's entries are in the order of its balances, as its row is locked first.
-- The order of commits is another one, and only xid tells which entries may still come.
CREATE TABLE ledger_entry (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_entry_pkey PRIMARY KEY,
    settlement_id uuid   NOT NULL,
    account_id    uuid   NOT NULL,
    amount        bigint NOT NULL CONSTRAINT ledger_entry_amount CHECK (amount <> 0),
    balance_after bigint,
    xid           xid8   NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ledger_entry_account ON ledger_entry (account_id, id);
CREATE INDEX ledger_entry_settlement ON ledger_entry (settlement_id);
CREATE INDEX ledger_entry_xid ON ledger_entry (xid);

-- A hold is on money (account_id) or on a card (card_id, and its owner then; the amount is one).
CREATE TABLE ledger_hold (
    id         uuid        CONSTRAINT ledger_hold_pkey PRIMARY KEY,
    purpose    text        NOT NULL,
    account_id uuid,
    card_id    uuid,
    owner_id   uuid,
    amount     bigint      NOT NULL,
    captured   bigint      NOT NULL DEFAULT 0,
    expires_at timestamptz,
    state      text        NOT NULL DEFAULT 'open',
    CONSTRAINT ledger_hold_thing CHECK (
        num_nonnulls(account_id, card_id) = 1 AND (card_id IS NULL) = (owner_id IS NULL)
    ),
    CONSTRAINT ledger_hold_captured CHECK (0 <= captured AND captured <= amount),
    CONSTRAINT ledger_hold_state CHECK (state IN ('open', 'captured', 'released', 'expired'))
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX ledger_hold_card_once ON ledger_hold (card_id) WHERE state = 'open';
CREATE INDEX ledger_hold_account ON ledger_hold (account_id, id) WHERE state = 'open';
CREATE INDEX ledger_hold_owner ON ledger_hold (owner_id, id)
    WHERE state = 'open' AND owner_id IS NOT NULL;
CREATE INDEX ledger_hold_expiry ON ledger_hold (expires_at) WHERE state = 'open';

-- The ids of one card's handovers are in the order of its owners, as its row is locked first.
CREATE TABLE ledger_handover (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_handover_pkey PRIMARY KEY,
    settlement_id uuid   NOT NULL,
    card_id       uuid   NOT NULL,
    giver         uuid   NOT NULL,
    taker         uuid   NOT NULL
);
CREATE INDEX ledger_handover_card ON ledger_handover (card_id, id);
CREATE INDEX ledger_handover_settlement ON ledger_handover (settlement_id);

-- Seals the entries of all transactions before the watermark, and rolls up what they come to.
CREATE TABLE ledger_closing (
    number    bigint      CONSTRAINT ledger_closing_pkey PRIMARY KEY,
    watermark xid8        NOT NULL,
    entries   bigint      NOT NULL,
    digest    bytea       NOT NULL,
    closed_at timestamptz NOT NULL
);
CREATE TABLE ledger_closing_balance (
    closing_number bigint  NOT NULL,
    account_id     uuid    NOT NULL,
    balance        numeric NOT NULL,
    CONSTRAINT ledger_closing_balance_pkey PRIMARY KEY (closing_number, account_id)
);

CREATE FUNCTION ledger_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is forbidden: the ledger only adds', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER ledger_settlement_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_settlement
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_handover_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_handover
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_closing_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing
    EXECUTE FUNCTION ledger_forbid_change();
CREATE TRIGGER ledger_closing_balance_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing_balance
    EXECUTE FUNCTION ledger_forbid_change();

-- The four functions that follow say why a keyed update of ledger_settle found nothing to change.
-- They lock the row, so what they say still holds when they say it; where nothing stands in the
-- way by then, they return, and the update is tried again.

CREATE FUNCTION ledger_check_replay(p_id uuid, p_digest bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_digest <> (SELECT digest FROM ledger_settlement WHERE id = p_id) THEN
        PERFORM refuse('ledger.settlement-id-reused', jsonb_build_object('settlement_id', p_id));
    END IF;
END $$;

CREATE FUNCTION ledger_check_hold(
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

-- Opens the account where it is missing.
CREATE FUNCTION ledger_check_account(
    p_id uuid, p_owner uuid, p_asset text, p_amount bigint, p_held bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    account ledger_account;
BEGIN
    INSERT INTO ledger_account (id, owner_id, asset) VALUES (p_id, p_owner, p_asset)
    ON CONFLICT (id) DO NOTHING;
    SELECT * INTO account FROM ledger_account WHERE id = p_id FOR UPDATE;
    IF account.balance - account.held + p_amount - p_held < 0 THEN
        PERFORM refuse('ledger.insufficient-funds', jsonb_build_object(
            'asset', p_asset,
            'available', account.balance - account.held,
            'needed', p_held - p_amount
        ));
    END IF;
    IF account.balance + p_amount > 1000000000000000000 THEN
        PERFORM refuse('ledger.balance-limit', '{"highest": 1000000000000000000}');
    END IF;
END $$;

CREATE FUNCTION ledger_check_card(p_id uuid, p_owner uuid, p_hold uuid) RETURNS void
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

-- Applies a settlement's net changes, each kind sorted by id, as Book.settle says: the same checks
-- in the same order. Each change is one keyed statement that carries its own check. Arrays run in
-- parallel, and the caller's clock tells the time.
CREATE FUNCTION ledger_settle(
    p_id uuid, p_purpose text, p_digest bytea, p_now timestamptz,
    -- Holds to close: what is held (an account or a card), and the state of what is not captured.
    closed uuid[], closed_thing uuid[], closed_owner uuid[], captures bigint[], left_as text[],
    -- Accounts: amounts and held parts to add.
    accounts uuid[], kinds text[], owners text[], assets text[], amounts bigint[], helds bigint[],
    -- Cards: owner and hold, before and after.
    cards uuid[], givers uuid[], holds_before uuid[], takers uuid[], holds_after uuid[],
    -- Holds to place.
    placed uuid[], purposes text[], placed_thing uuid[], placed_owner uuid[],
    placed_amount bigint[], expiries timestamptz[]
) RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan  -- a keyed statement has but one plan
AS $$
DECLARE
    account    uuid;
    remainder  bigint;
    afterwards bigint;
    place      integer;
BEGIN
    INSERT INTO ledger_settlement (id, purpose, digest, settled_at)
    VALUES (p_id, p_purpose, p_digest, p_now)
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM ledger_check_replay(p_id, p_digest);
        RETURN;
    END IF;

    FOR i IN 1 .. cardinality(closed) LOOP
        LOOP
            UPDATE ledger_hold
            SET captured = captured + captures[i],
                state = CASE amount - captured WHEN captures[i] THEN 'captured' ELSE left_as[i] END
            WHERE id = closed[i]
                AND state = 'open'
                AND coalesce(account_id, card_id) = closed_thing[i]
                AND owner_id IS NOT DISTINCT FROM closed_owner[i]
                AND (captures[i] = 0 OR expires_at IS NULL OR expires_at > p_now)
                AND (left_as[i] <> 'expired' OR expires_at <= p_now)
                AND captures[i] <= amount - captured
            RETURNING account_id, CASE state WHEN 'open' THEN 0 ELSE amount - captured END
            INTO account, remainder;
            EXIT WHEN FOUND;
            PERFORM ledger_check_hold(
                closed[i], closed_thing[i], closed_owner[i], captures[i], left_as[i], p_now
            );
        END LOOP;
        IF account IS NOT NULL AND remainder > 0 THEN
            place := array_position(accounts, account);
            helds[place] := helds[place] - remainder;
        END IF;
    END LOOP;

    FOR i IN 1 .. cardinality(accounts) LOOP
        afterwards := NULL;
        IF kinds[i] = 'user' THEN
            LOOP
                UPDATE ledger_account
                SET balance = balance + amounts[i], held = held + helds[i]
                WHERE id = accounts[i]
                    AND balance - held + amounts[i] - helds[i] >= 0
                    AND balance + amounts[i] <= 1000000000000000000
                RETURNING balance INTO afterwards;
                EXIT WHEN FOUND;
                PERFORM ledger_check_account(
                    accounts[i], owners[i]::uuid, assets[i], amounts[i], helds[i]
                );
            END LOOP;
        ELSIF NOT EXISTS (SELECT FROM ledger_platform_account WHERE id = accounts[i]) THEN
            INSERT INTO ledger_platform_account (id, kind, owner, asset)
            VALUES (accounts[i], kinds[i], owners[i], assets[i])
            ON CONFLICT (id) DO NOTHING;
        END IF;
        IF amounts[i] <> 0 THEN
            INSERT INTO ledger_entry (settlement_id, account_id, amount, balance_after)
            VALUES (p_id, accounts[i], amounts[i], afterwards);
        END IF;
    END LOOP;

    FOR i IN 1 .. cardinality(cards) LOOP
        LOOP
            UPDATE cards_card SET owner_id = takers[i], hold_id = holds_after[i]
            WHERE id = cards[i]
                AND owner_id = givers[i]
                AND hold_id IS NOT DISTINCT FROM holds_before[i];
            EXIT WHEN FOUND;
            PERFORM ledger_check_card(cards[i], givers[i], holds_before[i]);
        END LOOP;
        IF givers[i] <> takers[i] THEN
            INSERT INTO ledger_handover (settlement_id, card_id, giver, taker)
            VALUES (p_id, cards[i], givers[i], takers[i]);
        END IF;
    END LOOP;

    FOR i IN 1 .. cardinality(placed) LOOP
        INSERT INTO ledger_hold (
            id, purpose, account_id, card_id, owner_id, amount, expires_at
        ) VALUES (
            placed[i],
            purposes[i],
            CASE WHEN placed_owner[i] IS NULL THEN placed_thing[i] END,
            CASE WHEN placed_owner[i] IS NOT NULL THEN placed_thing[i] END,
            placed_owner[i],
            placed_amount[i],
            expiries[i]
        )
        ON CONFLICT (id) DO NOTHING;
        IF NOT FOUND THEN
            PERFORM refuse(
                'ledger.hold-already-placed', jsonb_build_object('hold_id', placed[i])
            );
        END IF;
    END LOOP;
END $$;
