from attrs import field, frozen

from .text_rules import line


@frozen(order=True)
class Origin:
    """Where something was imported from: a source's name, and the key that it has there."""

    source: str = field(validator=line(40))
    key: str = field(validator=line(200))
