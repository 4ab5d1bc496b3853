-- The answers of keyed requests, stored in the transaction of their effects.
CREATE TABLE request (
    actor       uuid        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    answer      jsonb       NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT request_key_once PRIMARY KEY (actor, key)
);

-- Events, committed with what they tell of; a relay hands them on in this order.
CREATE TABLE outbox (
    number       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL,
    payload      jsonb       NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now()
);

-- A guard inside a statement: the part with this index must have changed so many rows.
CREATE FUNCTION require_rows(actual bigint, expected integer, part integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF actual <> expected THEN
        RAISE EXCEPTION USING errcode = 'EC001', message = part::text;
    END IF;
END $$;

-- A refusal in the domain's words: the error's stable code, and its facts as JSON.
CREATE FUNCTION refuse(code text, facts jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING errcode = 'EC002', message = code, detail = facts::text;
END $$;
