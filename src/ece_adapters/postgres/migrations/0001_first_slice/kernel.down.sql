DROP FUNCTION refuse(text, jsonb);
DROP FUNCTION require_rows(bigint, integer, integer);
DROP TABLE outbox;
DROP TABLE request;
