-- Creates the roles, the accounts and the database of an exchange; run it once, as a superuser.
-- The passwords are psql variables: psql --set=migration=... --set=exchange=... < accounts.sql
CREATE ROLE ece_owner NOLOGIN;
CREATE ROLE ece_application NOLOGIN;
CREATE ROLE ece_migration LOGIN PASSWORD :'migration' IN ROLE ece_owner;
CREATE ROLE ece_exchange LOGIN PASSWORD :'exchange' IN ROLE ece_application;
CREATE DATABASE ece ENCODING 'UTF8' TEMPLATE template0;
\connect ece
GRANT CREATE ON DATABASE ece TO ece_owner;
GRANT USAGE, CREATE ON SCHEMA public TO ece_owner;
GRANT USAGE ON SCHEMA public TO ece_application;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
