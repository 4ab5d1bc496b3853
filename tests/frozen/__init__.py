"""What the code of some day has stored as JSON. Files are added here, and never changed.

``python -m tests.frozen`` adds those that are missing: run it after adding a stored type, or after
raising the version of one together with an upgrade of what is stored.
"""
