-- The accounts with a balance row: those of users, and the escrow accounts of deals, whose owner is
-- the deal. The fill factor leaves space for new row versions in the page (HOT updates).
CREATE TABLE ledger_account (
    id       uuid   CONSTRAINT ledger_account_pkey PRIMARY KEY,
    kind     text   NOT NULL,
    owner_id uuid   NOT NULL,
    asset    text   NOT NULL,
    balance  bigint NOT NULL DEFAULT 0,
    held     bigint NOT NULL DEFAULT 0,
    -- The number of entries of the account: the nth of the last one.
    entry_count bigint NOT NULL DEFAULT 0,
    CONSTRAINT ledger_account_kind CHECK (kind IN ('user', 'escrow')),
    CONSTRAINT ledger_account_held CHECK (0 <= held AND held <= balance),
    CONSTRAINT ledger_account_holds_of_users CHECK (held = 0 OR kind = 'user'),
    CONSTRAINT ledger_account_balance CHECK (balance <= 1000000000000000000)
) WITH (fillfactor = 60);
CREATE INDEX ledger_account_owner ON ledger_account (owner_id) WHERE kind = 'user';

-- The names of accounts without a balance row. A balance row that every sale updates would serialize
-- all sales.
CREATE TABLE ledger_platform_account (
    id    uuid CONSTRAINT ledger_platform_account_pkey PRIMARY KEY,
    kind  text NOT NULL,
    owner text NOT NULL,
    asset text NOT NULL
);

CREATE VIEW ledger_account_name AS
    SELECT id, kind, owner_id::text AS owner, asset FROM ledger_account
    UNION ALL
    SELECT id, kind, owner, asset FROM ledger_platform_account;

CREATE TABLE ledger_settlement (
    id         uuid        CONSTRAINT ledger_settlement_pkey PRIMARY KEY,
    purpose    text        NOT NULL,
    digest     bytea       NOT NULL,
    settled_at timestamptz NOT NULL
);

-- No foreign keys: they would cost more than the rest of an entry, and the audit checks the references.
-- nth counts the entries of an account with a balance row, in the order of its balances: it comes from
-- the account's row, which the settlement has locked. Nothing here depends on transaction ids, sequences
-- or the order of rows, so a dump, logical replication or another engine preserves it.
CREATE TABLE ledger_entry (
    settlement_id uuid   NOT NULL,
    account_id    uuid   NOT NULL,
    amount        bigint NOT NULL CONSTRAINT ledger_entry_amount CHECK (amount <> 0),
    balance_after bigint,
    nth           bigint,
    CONSTRAINT ledger_entry_pkey PRIMARY KEY (settlement_id, account_id)
);
CREATE UNIQUE INDEX ledger_entry_nth ON ledger_entry (account_id, nth) WHERE nth IS NOT NULL;

-- Open holds only: a hold that ends moves to ledger_ended_hold. So this table and its indexes stay
-- small, and a partial capture, which changes no indexed column, is a HOT update. A hold is on money
-- (account_id) or on a card (card_id, with the amount 1). Context and deal placed it; only settlements
-- of that context end it.
CREATE TABLE ledger_hold (
    id         uuid        CONSTRAINT ledger_hold_pkey PRIMARY KEY,
    context    text        NOT NULL,
    deal_id    uuid        NOT NULL,
    purpose    text        NOT NULL,
    owner_id   uuid        NOT NULL,
    account_id uuid,
    card_id    uuid,
    amount     bigint      NOT NULL,
    captured   bigint      NOT NULL DEFAULT 0,
    expires_at timestamptz,
    CONSTRAINT ledger_hold_subject CHECK (num_nonnulls(account_id, card_id) = 1),
    CONSTRAINT ledger_hold_captured CHECK (0 <= captured AND captured < amount)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX ledger_hold_card_once ON ledger_hold (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX ledger_hold_owner ON ledger_hold (owner_id, id);
CREATE INDEX ledger_hold_expiry ON ledger_hold (context, expires_at) WHERE expires_at IS NOT NULL;

-- Ended holds, with their final state and the settlement that ended them. Append-only.
CREATE TABLE ledger_ended_hold (
    id            uuid        CONSTRAINT ledger_ended_hold_pkey PRIMARY KEY,
    context       text        NOT NULL,
    deal_id       uuid        NOT NULL,
    purpose       text        NOT NULL,
    owner_id      uuid        NOT NULL,
    account_id    uuid,
    card_id       uuid,
    amount        bigint      NOT NULL,
    captured      bigint      NOT NULL,
    expires_at    timestamptz,
    state         text        NOT NULL,
    settlement_id uuid        NOT NULL,
    CONSTRAINT ledger_ended_hold_state CHECK (state IN ('captured', 'released', 'expired'))
);

CREATE VIEW ledger_any_hold AS
    SELECT id, context, deal_id, purpose, owner_id, account_id, card_id, amount, captured,
        expires_at, 'open' AS state
    FROM ledger_hold
    UNION ALL
    SELECT id, context, deal_id, purpose, owner_id, account_id, card_id, amount, captured,
        expires_at, state
    FROM ledger_ended_hold;

-- Group payouts, with the number of settled chunks. Only the last update changes an indexed column, so
-- all others are HOT updates.
CREATE TABLE ledger_payout (
    id            uuid        CONSTRAINT ledger_payout_pkey PRIMARY KEY,
    version       integer     NOT NULL,
    context       text        NOT NULL,
    deal_id       uuid        NOT NULL,
    source_kind   text        NOT NULL,
    source_owner  text        NOT NULL,
    asset         text        NOT NULL,
    total         bigint      NOT NULL,
    line_count    integer     NOT NULL,
    digest        bytea       NOT NULL,
    chunk_size    integer     NOT NULL,
    settled_count integer     NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    CONSTRAINT ledger_payout_finished CHECK (
        (finished_at IS NOT NULL) = (settled_count::bigint * chunk_size >= line_count)
    )
) WITH (fillfactor = 70);
CREATE INDEX ledger_payout_unfinished ON ledger_payout (started_at, id)
    WHERE finished_at IS NULL;

-- The lines of a payout: recipients and amounts, written with the plan. Append-only.
CREATE TABLE ledger_payout_line (
    payout_id uuid    NOT NULL,
    number    integer NOT NULL,
    kind      text    NOT NULL,
    owner     text    NOT NULL,
    amount    bigint  NOT NULL CONSTRAINT ledger_payout_line_amount CHECK (amount > 0),
    CONSTRAINT ledger_payout_line_pkey PRIMARY KEY (payout_id, number)
);

-- nth counts the transfers of a card, in the order of its owners: it comes from the card's row.
CREATE TABLE ledger_card_transfer (
    settlement_id uuid   NOT NULL,
    card_id       uuid   NOT NULL,
    from_owner_id uuid   NOT NULL,
    to_owner_id   uuid   NOT NULL,
    nth           bigint NOT NULL,
    CONSTRAINT ledger_card_transfer_pkey PRIMARY KEY (settlement_id, card_id)
);
CREATE UNIQUE INDEX ledger_card_transfer_nth ON ledger_card_transfer (card_id, nth);

-- A settlement queues itself, and the next closing after its commit closes it: it is always in exactly
-- one of the two tables. Closed settlements have a total order, (closing_number, settlement_id).
CREATE TABLE ledger_unclosed_settlement (
    settlement_id uuid CONSTRAINT ledger_unclosed_settlement_pkey PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE TABLE ledger_closed_settlement (
    settlement_id  uuid   CONSTRAINT ledger_closed_settlement_pkey PRIMARY KEY,
    closing_number bigint NOT NULL
);

-- A closing's digest covers its settlements, their entries and card transfers, and the previous closing.
CREATE TABLE ledger_closing (
    number           bigint      CONSTRAINT ledger_closing_pkey PRIMARY KEY,
    settlement_count bigint      NOT NULL,
    digest           bytea       NOT NULL,
    closed_at        timestamptz NOT NULL
);
-- The rolled-up balances of accounts without a balance row, after each closing that changed them.
CREATE TABLE ledger_closing_balance (
    account_id     uuid    NOT NULL,
    closing_number bigint  NOT NULL,
    balance        numeric NOT NULL,
    CONSTRAINT ledger_closing_balance_pkey PRIMARY KEY (account_id, closing_number)
);
CREATE INDEX ledger_closing_balance_number ON ledger_closing_balance (closing_number);
