import re

from attrs import field, frozen

from .errors import InvalidEmail

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!\d+$){_LABEL}",
    re.IGNORECASE | re.ASCII,
)
_MAX_LENGTH = 254


def _lower_domain(text: str) -> str:
    name, at, domain = text.rpartition("@")
    return name + at + domain.lower()


@frozen
class EmailAddress:
    """An address as a person wrote it, with the domain in lower case; its shape alone is checked.

    ASCII only: quoted local parts and other scripts are refused, which leaves no two addresses
    that look alike.

    :raises InvalidEmail: if the text does not have that shape or is longer than 254 characters.
    """

    text: str = field(converter=_lower_domain)

    def __attrs_post_init__(self) -> None:
        if len(self.text) > _MAX_LENGTH or not _ADDRESS.fullmatch(self.text):
            raise InvalidEmail

    def __str__(self) -> str:
        return self.text

    def check_not_reserved(self) -> None:
        """:raises InvalidEmail: if its domain is one of those that never exist (RFC 2606).

        The accounts of the exchange itself have such addresses.
        """
        if self.key.endswith(".invalid"):
            raise InvalidEmail

    @property
    def key(self) -> str:
        """What is unique: the mailbox regardless of case."""
        return self.text.lower()
