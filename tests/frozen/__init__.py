"""Samples of JSON that earlier versions have stored. Files are added here, and never changed.

``python -m tests.frozen`` adds missing samples: run it after adding a stored type, or after adding
a version of one with its upgrade.
"""
