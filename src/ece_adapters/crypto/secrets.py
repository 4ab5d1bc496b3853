from secrets import token_bytes

_SECRET_BYTES = 32


def fresh_secret() -> bytes:
    """256 bits from the system's generator."""
    return token_bytes(_SECRET_BYTES)
