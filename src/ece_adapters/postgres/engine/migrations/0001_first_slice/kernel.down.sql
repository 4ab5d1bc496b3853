DROP FUNCTION refuse(text, jsonb);
DROP FUNCTION require_rows(bigint, integer, integer);
DROP FUNCTION event_log_assign(integer);
DROP TABLE event_log_end;
DROP TABLE event_log;
DROP TABLE outbox;
DROP TABLE idempotency_record;
