-- Refuses amounts that do not sum to zero per asset: a settlement creates and destroys no money.
CREATE OR REPLACE FUNCTION ledger_check_sums(assets text[], amounts bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT asset, sum(amount) AS total INTO wrong
    FROM unnest(assets, amounts) AS change (asset, amount)
    GROUP BY asset HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING
            errcode = 'check_violation', constraint = 'ledger_settlement_sums_to_zero',
            message = format('the settlement sums to %s %s, not to zero', wrong.total, wrong.asset);
    END IF;
END $$;
