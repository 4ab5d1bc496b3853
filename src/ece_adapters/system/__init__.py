"""What the machine itself offers: time, identifiers and a secret in a file."""

from .clock import now
from .ids import new_id
from .secret_file import SecretTooOpen, read_or_make_secret, read_secrets

__all__ = ["SecretTooOpen", "new_id", "now", "read_or_make_secret", "read_secrets"]
