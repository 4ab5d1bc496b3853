"""Whole exchanges in a seeded world: the real use cases, on a virtual clock, with faults.

``python -m tests.simulation --seed 7 --worlds 1`` replays a world with a readable trace.
"""
