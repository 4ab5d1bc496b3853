-- Applies a settlement's net changes, each kind in the order of the plan, like Book.settle: the same checks
-- in the same order. Each change is one statement by key that includes its check. Arrays of one kind are
-- parallel. The time is that of the caller's clock.
CREATE OR REPLACE FUNCTION ledger_settle(
    p_id uuid, p_purpose text, p_digest bytea, p_now timestamptz,
    -- Holds to close: the subject (an account or a card), and the final state of the remainder.
    closed uuid[], closed_subject uuid[], closed_owner uuid[], captures bigint[], left_as text[],
    -- Accounts: amounts and held parts to add.
    accounts uuid[], kinds text[], owners text[], assets text[], amounts bigint[], helds bigint[],
    -- Cards: owner and hold, before and after.
    cards uuid[], from_owners uuid[], holds_before uuid[], to_owners uuid[], holds_after uuid[],
    -- Holds to place.
    placed uuid[], placed_deal uuid[], purposes text[], placed_owner uuid[], placed_account uuid[],
    placed_card uuid[], placed_amount bigint[], expiries timestamptz[],
    -- The event. Its holds are those to close, then those to place.
    event_id uuid, event_version integer, event_actor uuid, event_cause uuid, event jsonb
) RETURNS bigint[]  -- the balance of each account after it; NULL if it was settled before
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan  -- a statement by key has only one good plan
AS $$
DECLARE
    -- The context that settles: it can end and place only its own holds.
    acting     text := split_part(p_purpose, '.', 1);
    account    uuid;
    remainder  bigint;
    afterwards bigint;
    balances   bigint[] := '{}';
    at_index   integer;
    counted    bigint;
    total      bigint := 0;
    is_mixed   boolean := FALSE;
BEGIN
    IF (cardinality(closed) = ALL (ARRAY[
            cardinality(closed_subject), cardinality(closed_owner), cardinality(captures),
            cardinality(left_as)
        ])
        AND cardinality(accounts) = ALL (ARRAY[
            cardinality(kinds), cardinality(owners), cardinality(assets), cardinality(amounts),
            cardinality(helds)
        ])
        AND cardinality(cards) = ALL (ARRAY[
            cardinality(from_owners), cardinality(holds_before), cardinality(to_owners),
            cardinality(holds_after)
        ])
        AND cardinality(placed) = ALL (ARRAY[
            cardinality(placed_deal), cardinality(purposes), cardinality(placed_owner),
            cardinality(placed_account), cardinality(placed_card), cardinality(placed_amount),
            cardinality(expiries)
        ])
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger_settle: arrays of one kind differ in length';
    END IF;

    INSERT INTO ledger_settlement (id, purpose, digest, settled_at)
    VALUES (p_id, p_purpose, p_digest, p_now)
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM ledger_check_replay(p_id, p_digest);
        RETURN NULL;
    END IF;
    INSERT INTO ledger_unclosed_settlement (settlement_id) VALUES (p_id);

    FOR i IN 1 .. cardinality(closed) LOOP
        LOOP
            WITH ended AS (
                DELETE FROM ledger_hold
                WHERE id = closed[i]
                    AND context = acting
                    AND coalesce(account_id, card_id) = closed_subject[i]
                    AND owner_id = closed_owner[i]
                    AND (captures[i] = 0 OR expires_at IS NULL OR expires_at > p_now)
                    AND (left_as[i] <> 'expired' OR expires_at <= p_now)
                    AND (left_as[i] <> 'open' OR captures[i] = amount - captured)
                    AND captures[i] <= amount - captured
                RETURNING *
            )
            INSERT INTO ledger_ended_hold (
                id, context, deal_id, purpose, owner_id, account_id, card_id, amount, captured,
                expires_at, state, settlement_id
            )
            SELECT id, context, deal_id, purpose, owner_id, account_id, card_id, amount,
                captured + captures[i], expires_at,
                CASE amount - captured WHEN captures[i] THEN 'captured' ELSE left_as[i] END, p_id
            FROM ended
            RETURNING account_id, amount - captured INTO account, remainder;
            EXIT WHEN FOUND;
            -- A partial capture leaves the hold open.
            UPDATE ledger_hold SET captured = captured + captures[i]
            WHERE id = closed[i]
                AND left_as[i] = 'open'
                AND context = acting
                AND account_id = closed_subject[i]
                AND owner_id = closed_owner[i]
                AND (expires_at IS NULL OR expires_at > p_now)
                AND captures[i] < amount - captured;
            EXIT WHEN FOUND;
            PERFORM ledger_check_hold(
                closed[i], acting, closed_subject[i], closed_owner[i], captures[i], left_as[i], p_now
            );
        END LOOP;
        IF account IS NOT NULL AND remainder > 0 THEN
            at_index := array_position(accounts, account);
            helds[at_index] := helds[at_index] - remainder;
            event := jsonb_set(
                event, ARRAY['holds', (i - 1)::text, 'money', 'amount'], to_jsonb(remainder)
            );
        END IF;
    END LOOP;

    FOR i IN 1 .. cardinality(accounts) LOOP
        total := total + amounts[i];
        is_mixed := is_mixed OR assets[i] <> assets[1];
        afterwards := NULL;
        counted := NULL;
        IF kinds[i] IN ('user', 'escrow') THEN
            LOOP
                UPDATE ledger_account
                SET balance = balance + amounts[i],
                    held = held + helds[i],
                    entry_count = entry_count + CASE amounts[i] WHEN 0 THEN 0 ELSE 1 END
                WHERE id = accounts[i]
                    AND balance - held + amounts[i] - helds[i] >= 0
                    AND balance + amounts[i] <= 1000000000000000000
                    AND asset = assets[i]
                RETURNING balance, entry_count INTO afterwards, counted;
                EXIT WHEN FOUND;
                PERFORM ledger_check_account(
                    accounts[i], kinds[i], owners[i]::uuid, assets[i], amounts[i], helds[i]
                );
            END LOOP;
        ELSIF kinds[i] <> 'external' AND amounts[i] < 0
            OR NOT EXISTS (
                SELECT FROM ledger_platform_account WHERE id = accounts[i] AND asset = assets[i]
            )
        THEN
            PERFORM ledger_check_platform_account(
                accounts[i], kinds[i], owners[i], assets[i], amounts[i]
            );
        END IF;
        IF amounts[i] <> 0 THEN
            INSERT INTO ledger_entry (settlement_id, account_id, amount, balance_after, nth)
            VALUES (p_id, accounts[i], amounts[i], afterwards, counted);
        END IF;
        balances := array_append(balances, afterwards);
    END LOOP;
    IF total <> 0 OR is_mixed THEN
        PERFORM ledger_check_sums(assets, amounts);
    END IF;

    FOR i IN 1 .. cardinality(cards) LOOP
        LOOP
            UPDATE cards_card
            SET owner_id = to_owners[i],
                hold_id = holds_after[i],
                transfer_count = transfer_count + CASE from_owners[i] WHEN to_owners[i] THEN 0 ELSE 1 END
            WHERE id = cards[i]
                AND owner_id = from_owners[i]
                AND hold_id IS NOT DISTINCT FROM holds_before[i]
            RETURNING transfer_count INTO counted;
            EXIT WHEN FOUND;
            PERFORM ledger_check_card(cards[i], from_owners[i], holds_before[i]);
        END LOOP;
        IF from_owners[i] <> to_owners[i] THEN
            INSERT INTO ledger_card_transfer (
                settlement_id, card_id, from_owner_id, to_owner_id, nth
            ) VALUES (p_id, cards[i], from_owners[i], to_owners[i], counted);
        END IF;
    END LOOP;

    FOR i IN 1 .. cardinality(placed) LOOP
        INSERT INTO ledger_hold (
            id, context, deal_id, purpose, owner_id, account_id, card_id, amount, expires_at
        ) VALUES (
            placed[i],
            acting,
            placed_deal[i],
            purposes[i],
            placed_owner[i],
            placed_account[i],
            placed_card[i],
            placed_amount[i],
            expiries[i]
        )
        ON CONFLICT (id) DO NOTHING;
        -- Read after the insert, which waits for a transaction that is ending a hold with this id.
        IF NOT FOUND OR EXISTS (SELECT FROM ledger_ended_hold WHERE id = placed[i]) THEN
            PERFORM refuse(
                'ledger.hold-already-placed', jsonb_build_object('hold_id', placed[i])
            );
        END IF;
    END LOOP;

    -- Last, so that the numbers of events are in the order in which accounts and cards changed.
    INSERT INTO outbox (
        id, kind, version, subject_kind, subject_id, actor_id, cause_id, occurred_at, payload
    ) VALUES (
        event_id, 'ledger.settlement-posted', event_version, 'settlement', p_id, event_actor,
        event_cause, p_now, event
    );
    RETURN balances;
END $$;
