"""Which adapter stands behind which port, and how the entrypoints get their use cases."""
