"""Builds the use cases: which adapter implements which port."""
