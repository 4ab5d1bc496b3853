-- Assigns positions to the next committed events, and returns their number.
CREATE OR REPLACE FUNCTION event_log_assign(at_most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    last  bigint;
    moved integer;
BEGIN
    SELECT position INTO last FROM event_log_end FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM outbox
        WHERE number IN (SELECT number FROM outbox ORDER BY number LIMIT at_most)
        RETURNING *
    )
    INSERT INTO event_log
    SELECT last + row_number() OVER (ORDER BY number), id, kind, version, subject_kind, subject_id,
        actor_id, cause_id, occurred_at, payload, recorded_at
    FROM taken
    ORDER BY number;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved > 0 THEN
        UPDATE event_log_end SET position = last + moved;
    END IF;
    RETURN moved;
END $$;
