CREATE TABLE identity_user (
    id            uuid        CONSTRAINT identity_user_pkey PRIMARY KEY,
    version       integer     NOT NULL,
    email         text        NOT NULL,
    handle        text        NOT NULL,
    password_hash text        NOT NULL,
    role          text        NOT NULL
        CONSTRAINT identity_user_role CHECK (role IN ('collector', 'moderator', 'admin', 'service')),
    registered_at timestamptz NOT NULL
);
-- An address is ASCII, and the C collation lowers ASCII alone, whatever the server's language.
-- This index comes before the next: who collides with both is told of the address in every store.
CREATE UNIQUE INDEX identity_user_email_once ON identity_user (lower(email COLLATE "C"));
CREATE UNIQUE INDEX identity_user_handle_once ON identity_user (handle);

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
    ended_at        timestamptz
);
CREATE UNIQUE INDEX identity_session_family_once ON identity_session (family_digest);
CREATE INDEX identity_session_open ON identity_session (user_id, started_at) WHERE ended_at IS NULL;
CREATE INDEX identity_session_ended ON identity_session (ended_at) WHERE ended_at IS NOT NULL;
