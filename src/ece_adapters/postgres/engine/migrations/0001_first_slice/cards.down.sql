DROP TABLE cards_certificate_claim;
DROP TABLE cards_card;
DROP TABLE cards_word;
DROP TABLE cards_printing;
DROP FUNCTION cards_refuse_print_run;
DROP TABLE cards_set;
DROP EXTENSION pg_trgm;
