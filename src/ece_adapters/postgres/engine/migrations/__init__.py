"""Every step of the schema, up and down. A step's SQL lies beside it, a file per context."""
