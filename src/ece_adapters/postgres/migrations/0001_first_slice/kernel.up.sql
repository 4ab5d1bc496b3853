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
