from attrs import field, frozen

from .text_rules import single_line


@frozen(order=True)
class Origin:
    """Where something was imported from: a source's name, and the key that it has there."""

    source: str = field(validator=single_line(40))
    key: str = field(validator=single_line(200))
