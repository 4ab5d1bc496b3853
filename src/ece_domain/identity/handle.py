import re

from attrs import field, frozen

from .errors import HandleReserved, InvalidHandle

_HANDLE = re.compile(r"[a-z0-9_]{3,30}")

_RESERVED_WORDS = """
about abuse account admin administrator api auctions billing cardarchive cards commission contact
current ece elite exchange external finance help home info ledger legal login logout mail market me
moderator money news nobody null official operator payments postmaster privacy register root
security service settings staff status support system team terms trades trust undefined user
users wallet webmaster www
"""

RESERVED = frozenset(_RESERVED_WORDS.split())
"""Handles that would let a collector speak for the exchange, that an address needs, or that a
system account has; without underscores."""


def _lower(text: str) -> str:
    # The lower case of some other letters is ASCII too, such as the Kelvin sign's.
    return text.lower() if text.isascii() else text


@frozen
class Handle:
    """The public name of a user, always in lower case.

    :raises InvalidHandle: unless 3 to 30 characters out of ``a-z0-9_``.
    """

    text: str = field(converter=_lower)

    def __attrs_post_init__(self) -> None:
        if not _HANDLE.fullmatch(self.text):
            raise InvalidHandle

    def __str__(self) -> str:
        return self.text

    def check_not_reserved(self) -> None:
        """:raises HandleReserved: if it could pass for the exchange, underscores ignored."""
        if self.text.replace("_", "") in RESERVED:
            raise HandleReserved(handle=self.text)
