-- The price of a listing at a moment: fixed, or linear from price to floor, rounded up.
CREATE OR REPLACE FUNCTION market_price_at(
    price bigint, floor_price bigint, falls_from timestamptz, falls_until timestamptz, moment timestamptz
) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN floor_price IS NULL OR moment <= falls_from THEN price
    WHEN moment >= falls_until THEN floor_price
    -- An amount times microseconds can exceed bigint; div() on numeric is exact.
    ELSE div(
        price * trunc(extract(epoch FROM falls_until - moment) * 1000000)
            + floor_price * trunc(extract(epoch FROM moment - falls_from) * 1000000)
            + trunc(extract(epoch FROM falls_until - falls_from) * 1000000) - 1,
        trunc(extract(epoch FROM falls_until - falls_from) * 1000000)
    )::bigint
END;
