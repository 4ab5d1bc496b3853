DROP TABLE identity_session;
DROP TABLE identity_user;
