-- Sales never change, except is_counted, which a trigger maintains: whether the sale counts in the price
-- guide. The id is that of the settlement; the receipt is the one that the buyer got. The origin is, for
-- example, a listing.
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
    is_counted  boolean     NOT NULL DEFAULT true,
    CONSTRAINT sales_sale_origin_once UNIQUE (origin_id, origin_kind)
-- The guide reads the latest sales with an index-only scan, which needs a recent vacuum.
) WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
CREATE INDEX sales_sale_seller ON sales_sale (seller_id, sold_at, id) INCLUDE (asset, price);
CREATE INDEX sales_sale_buyer ON sales_sale (buyer_id, sold_at, id);
CREATE INDEX sales_sale_guide ON sales_sale (printing_id, condition, asset, sold_at, price)
    WHERE is_counted;
CREATE INDEX sales_sale_left_out ON sales_sale (printing_id, condition, asset, sold_at)
    WHERE NOT is_counted;
CREATE INDEX sales_sale_pair ON sales_sale (printing_id, seller_id, buyer_id, sold_at);
