"""PostgreSQL: the durable store, its migrations, and a server of its own."""
