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

-- Events, committed with what they tell of, until they get their position in the log. A number is
-- drawn before the commit, so a transaction that is slow to commit adds events below numbers that
-- others have seen: nobody may follow the outbox by number. Events of one subject are inserted under
-- its lock, and their numbers are in the order of their commits.
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

-- The last position given. It outlives the events, which are pruned by age, and its lock elects the
-- one process that gives positions.
CREATE TABLE event_log_end (
    is_only  boolean CONSTRAINT event_log_end_pkey PRIMARY KEY DEFAULT TRUE CHECK (is_only),
    position bigint  NOT NULL
);
INSERT INTO event_log_end (position) VALUES (0);
