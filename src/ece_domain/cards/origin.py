from attrs import field, frozen

from .text_rules import single_line


@frozen(order=True)
class Origin:
    """The origin of an imported record: the source's name, and the key in the source."""

    source: str = field(validator=single_line(40))
    key: str = field(validator=single_line(200))
