from typing import Protocol

from attrs import field, frozen


@frozen
class Artwork:
    """A picture as a file. The same reference is always the same bytes."""

    media_type: str
    content: bytes = field(repr=False)


class PrintingArt(Protocol):
    """Makes the pictures that ECE draws itself."""

    def artwork_of(self, image: str) -> Artwork | None:
        """The drawing that an image refers to; None if it refers to something else."""
