CREATE TABLE identity_user (
    id            uuid        CONSTRAINT identity_user_pkey PRIMARY KEY,
    version       integer     NOT NULL,
    email         text        NOT NULL,
    handle        text        NOT NULL,
    password_hash text        NOT NULL,
    role          text        NOT NULL
        CONSTRAINT identity_user_role CHECK (role IN ('collector', 'moderator', 'admin', 'service')),
    registered_at timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    suspended_at  timestamptz,
    suspension_reason text,
    CONSTRAINT identity_user_suspension
        CHECK ((suspended_at IS NULL) = (suspension_reason IS NULL))
);

-- Values that are unique among all users have separate tables, which a distributed engine can shard by
-- their keys (decision 15). An address is ASCII, and so is its key: the address in lower case.
CREATE TABLE identity_email_claim (
    email_key text COLLATE "C" CONSTRAINT identity_email_claim_pkey PRIMARY KEY,
    user_id   uuid NOT NULL
);
CREATE TABLE identity_handle_claim (
    handle  text COLLATE "C" CONSTRAINT identity_handle_claim_pkey PRIMARY KEY,
    user_id uuid NOT NULL
);

-- One row per log-in. A refresh changes no indexed column, so it stays cheap.
CREATE TABLE identity_session (
    id              uuid        CONSTRAINT identity_session_pkey PRIMARY KEY,
    version         integer     NOT NULL,
    user_id         uuid        NOT NULL REFERENCES identity_user,
    family_digest   bytea       NOT NULL,
    secret_digest   bytea       NOT NULL,
    replaced_digest bytea,
    started_at      timestamptz NOT NULL,
    refreshed_at    timestamptz NOT NULL,
    ended_at        timestamptz,
    address         text
);
-- Not a unique index: two random secrets of 256 bits are never the same.
CREATE INDEX identity_session_family ON identity_session (family_digest);
CREATE INDEX identity_session_open ON identity_session (user_id, started_at) WHERE ended_at IS NULL;
CREATE INDEX identity_session_ended ON identity_session (ended_at) WHERE ended_at IS NOT NULL;
