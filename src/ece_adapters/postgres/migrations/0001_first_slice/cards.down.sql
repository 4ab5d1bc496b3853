DROP TABLE cards_card;
DROP TABLE cards_word;
DROP TABLE cards_printing;
DROP TABLE cards_set;
DROP EXTENSION pg_trgm;
