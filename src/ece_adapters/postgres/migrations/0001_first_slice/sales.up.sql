-- Sales never change. The id is that of the settlement; the receipt is as the buyer got it.
-- The origin is what was sold: a listing, an auction, an offer.
CREATE TABLE sales_sale (
    id          uuid        CONSTRAINT sales_sale_pkey PRIMARY KEY,
    origin_kind text        NOT NULL COLLATE "C",
    origin_id   uuid        NOT NULL,
    card_id     uuid        NOT NULL,
    printing_id uuid        NOT NULL,
    condition   text        NOT NULL COLLATE "C",
    seller_id   uuid        NOT NULL,
    buyer_id    uuid        NOT NULL,
    asset       text        NOT NULL COLLATE "C",
    price       bigint      NOT NULL,
    sold_at     timestamptz NOT NULL,
    receipt     json        NOT NULL,
    CONSTRAINT sales_sale_origin_once UNIQUE (origin_id, origin_kind)
);
CREATE INDEX sales_sale_seller ON sales_sale (seller_id, sold_at, id) INCLUDE (asset, price);
CREATE INDEX sales_sale_buyer ON sales_sale (buyer_id, sold_at, id);
CREATE INDEX sales_sale_guide ON sales_sale (printing_id, condition, asset, sold_at);
