"""The migration steps, up and down. The SQL of a step is in a folder, one file per context."""
