-- The results of requests with an idempotency key, stored in the transaction of their effects, and
-- pruned by age.
CREATE TABLE idempotency_record (
    actor_id    uuid        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    result      jsonb       NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_record_pkey PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_record_recorded ON idempotency_record (recorded_at);

-- Events, inserted in the transaction of their effects, until they get their position in the log. A
-- number is assigned before the commit, so a slow transaction can commit numbers below those that
-- others have read: the outbox must not be followed by number. Events of one subject are inserted
-- while it is locked, so their numbers are in the order of their commits.
CREATE TABLE outbox (
    number       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    id           uuid        NOT NULL,
    kind         text        NOT NULL,
    version      integer     NOT NULL,
    subject_kind text        NOT NULL,
    subject_id   uuid        NOT NULL,
    actor_id     uuid,
    cause_id     uuid,
    occurred_at  timestamptz NOT NULL,
    payload      jsonb       NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now()
);

-- All events in one order without gaps, to be followed by position.
CREATE TABLE event_log (
    position     bigint      CONSTRAINT event_log_pkey PRIMARY KEY,
    id           uuid        NOT NULL CONSTRAINT event_log_id_once UNIQUE,
    kind         text        NOT NULL,
    version      integer     NOT NULL,
    subject_kind text        NOT NULL,
    subject_id   uuid        NOT NULL,
    actor_id     uuid,
    cause_id     uuid,
    occurred_at  timestamptz NOT NULL,
    payload      jsonb       NOT NULL,
    recorded_at  timestamptz NOT NULL
);

-- The last assigned position, which remains when events are pruned. The lock of this row elects the
-- process that assigns positions.
CREATE TABLE event_log_end (
    is_only  boolean CONSTRAINT event_log_end_pkey PRIMARY KEY DEFAULT TRUE CHECK (is_only),
    position bigint  NOT NULL
);
INSERT INTO event_log_end (position) VALUES (0);
