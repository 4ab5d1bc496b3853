-- A listing is a hold on its card, with the same id and expiry. Printing and condition are copies.
-- No foreign key to the card: the hold proves that it exists, and a sale changes its owner (decision 15).
CREATE TABLE market_listing (
    id          uuid        CONSTRAINT market_listing_pkey PRIMARY KEY,
    version     integer     NOT NULL,
    card_id     uuid        NOT NULL,
    printing_id uuid        NOT NULL,
    condition   text        NOT NULL COLLATE "C",
    seller_id   uuid        NOT NULL,
    asset       text        NOT NULL COLLATE "C",
    price       bigint      NOT NULL CONSTRAINT market_listing_price CHECK (price > 0),
    floor_price bigint      CONSTRAINT market_listing_floor CHECK (floor_price > 0 AND floor_price < price),
    falls_from  timestamptz,
    falls_until timestamptz,
    listed_at   timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    state       text        NOT NULL
        CONSTRAINT market_listing_state
        CHECK (state IN ('active', 'sold', 'cancelled', 'expired', 'taken-down')),
    CONSTRAINT market_listing_decline CHECK (
        num_nonnulls(floor_price, falls_from, falls_until) = 0
        OR num_nonnulls(floor_price, falls_from, falls_until) = 3 AND falls_from < falls_until
    )
) WITH (fillfactor = 85);
-- A listing leaves the partial indexes when it ends, so a purchase adds no entry to them. The ledger
-- prevents two active listings of a card: a card has at most one open hold.
CREATE INDEX market_listing_newest ON market_listing (asset, id) WHERE state = 'active';
CREATE INDEX market_listing_listed ON market_listing (asset, listed_at) WHERE state = 'active';
CREATE INDEX market_listing_fixed ON market_listing (asset, price, id)
    WHERE state = 'active' AND floor_price IS NULL;
CREATE INDEX market_listing_falling ON market_listing (asset)
    WHERE state = 'active' AND floor_price IS NOT NULL;
CREATE INDEX market_listing_printing ON market_listing (printing_id, asset, price)
    WHERE state = 'active';
CREATE INDEX market_listing_overdue ON market_listing (expires_at) WHERE state = 'active';
CREATE INDEX market_listing_seller ON market_listing (seller_id, id);
