DROP TABLE market_listing;
DROP FUNCTION market_price_at(bigint, bigint, timestamptz, timestamptz, timestamptz);
