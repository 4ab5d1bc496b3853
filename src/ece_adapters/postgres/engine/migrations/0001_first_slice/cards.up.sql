CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE cards_set (
    id             uuid    CONSTRAINT cards_set_pkey PRIMARY KEY,
    version        integer NOT NULL,
    code           text    NOT NULL CONSTRAINT cards_set_code_once UNIQUE,
    issuer_id      uuid    NOT NULL,
    creator_id     uuid    NOT NULL,
    royalty_ppm    integer NOT NULL CONSTRAINT cards_set_royalty CHECK (royalty_ppm BETWEEN 0 AND 100000),
    name           text    NOT NULL,
    released_on    date,
    declared_count integer,
    -- {"v": 1, "value": [{"code", "label", "rank"}, ..]}. A code and its rank never change once declared.
    rarities       jsonb   NOT NULL,
    finishes       jsonb   NOT NULL,
    source         text,
    source_key     text,
    -- The release in the source at the last import. Differences to it are edits of the issuer.
    imported_release jsonb,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT cards_set_origin_once UNIQUE (source, source_key)
);

-- The domain computes the keys (sorting) and the words (searching), so all stores have the same.
CREATE TABLE cards_printing (
    id          uuid    CONSTRAINT cards_printing_pkey PRIMARY KEY,
    version     integer NOT NULL,
    -- Deferred: an import inserts its printings before their sets.
    set_id      uuid    NOT NULL REFERENCES cards_set DEFERRABLE INITIALLY DEFERRED,
    number      text    NOT NULL,
    number_key  text    NOT NULL COLLATE "C",
    name        text    NOT NULL,
    name_key    text    NOT NULL COLLATE "C",
    rarity      text    NOT NULL,
    rarity_rank integer NOT NULL,
    finish      text    NOT NULL,
    variant     text    NOT NULL,
    artist      text    NOT NULL,
    rules       text    NOT NULL,
    flavor     text    NOT NULL,
    image       text,
    print_run   integer,
    minted      integer NOT NULL,
    source      text,
    source_key  text,
    -- The digest of the source's record at the last import. A printing with another digest was edited.
    imported_digest bytea,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    words       text    NOT NULL,
    search      tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED,
    -- Deferrable: checked after all rows of a statement, so that printings may swap their numbers.
    CONSTRAINT cards_printing_once UNIQUE (set_id, number, finish, variant) DEFERRABLE,
    CONSTRAINT cards_printing_origin_once UNIQUE (source, source_key),
    CONSTRAINT cards_printing_run CHECK (minted BETWEEN 0 AND coalesce(print_run, minted))
);
CREATE INDEX cards_printing_search ON cards_printing USING gin (search);
CREATE INDEX cards_printing_by_number ON cards_printing (number_key, id);
CREATE INDEX cards_printing_by_name ON cards_printing (name_key, id);
CREATE INDEX cards_printing_by_rarity ON cards_printing (rarity_rank, id);
CREATE INDEX cards_printing_artist ON cards_printing (artist);
-- All columns that facets count.
CREATE INDEX cards_printing_facets ON cards_printing (set_id, rarity, finish, artist);

-- Every word of a printing, also of past versions. A word that is missing here is a typing error.
CREATE TABLE cards_word (
    word text COLLATE "C" CONSTRAINT cards_word_pkey PRIMARY KEY
);
CREATE INDEX cards_word_similar ON cards_word USING gin (word gin_trgm_ops);

-- No foreign key to the printing, as the two have different owners (decision 15). Minting saves the
-- printing in the same transaction, and printings are never deleted.
-- The ledger alone changes owner_id, hold_id (the open hold on the card) and transfer_count (the nth of
-- its last transfer), without a change of the version. The cards context changes all other columns.
CREATE TABLE cards_card (
    id              uuid        CONSTRAINT cards_card_pkey PRIMARY KEY,
    version         integer     NOT NULL DEFAULT 1,
    printing_id     uuid        NOT NULL,
    serial          integer     NOT NULL CONSTRAINT cards_card_serial CHECK (serial > 0),
    owner_id        uuid        NOT NULL,
    hold_id         uuid,
    transfer_count  bigint      NOT NULL DEFAULT 0,
    minted_to_id       uuid        NOT NULL,
    minted_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    condition_scale text,
    condition_code  text,
    grade_company   text,
    grade           text,
    certificate     text,
    CONSTRAINT cards_card_serial_once UNIQUE (printing_id, serial),
    CONSTRAINT cards_card_condition_or_grade CHECK (
        (num_nonnulls(condition_scale, condition_code), num_nonnulls(grade_company, grade, certificate))
        IN ((0, 0), (2, 0), (0, 3))
    )
);
CREATE INDEX cards_card_owner ON cards_card (owner_id, id);
-- Cards are appended in the order of their minting, so a summary of each block range is enough.
CREATE INDEX cards_card_minted ON cards_card USING brin (minted_at);

-- The card that a certificate was first recorded for. A separate table, because a distributed table of
-- cards could not have a unique index across owners (decision 15).
CREATE TABLE cards_certificate_claim (
    grade_company text NOT NULL,
    certificate   text NOT NULL,
    card_id       uuid NOT NULL,
    CONSTRAINT cards_certificate_claim_pkey PRIMARY KEY (grade_company, certificate)
);
