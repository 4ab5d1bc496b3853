from typing import Protocol

from attrs import field, frozen


@frozen
class Artwork:
    """An image file. The same reference always gives the same bytes."""

    media_type: str
    content: bytes = field(repr=False)


class PrintingArt(Protocol):
    """Draws the images that ECE generates."""

    def artwork_of(self, image: str) -> Artwork | None:
        """The drawing that an image refers to; None if it refers to something else."""
