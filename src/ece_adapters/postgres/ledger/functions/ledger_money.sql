-- Money as the details of a refusal carry it.
CREATE OR REPLACE FUNCTION ledger_money(p_amount numeric, p_asset text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$ SELECT jsonb_build_object('amount', p_amount, 'asset', p_asset) $$;
