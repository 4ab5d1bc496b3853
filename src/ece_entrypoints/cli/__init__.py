"""The command line ``ece``: one module per command."""
