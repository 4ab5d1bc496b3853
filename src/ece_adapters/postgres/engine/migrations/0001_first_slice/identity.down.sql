DROP TABLE identity_session;
DROP TABLE identity_handle_claim;
DROP TABLE identity_email_claim;
DROP TABLE identity_user;
