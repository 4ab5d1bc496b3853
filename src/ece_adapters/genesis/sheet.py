"""The sheet of paper: SVG elements, and the gradients they are filled with."""

from __future__ import annotations

from typing import final
from xml.sax.saxutils import escape

from .curves import Point, number


def shape(data: str, fill: str, opacity: float = 1) -> str:
    faded = "" if opacity == 1 else f' opacity="{opacity:.2f}"'
    return f'<path d="{data}" fill="{fill}"{faded}/>'


def edged(data: str, fill: str, edge: str, width: float, opacity: float = 1) -> str:
    """A shape with an outline; the opacity applies to the outline only."""
    return (
        f'<path d="{data}" fill="{fill}" stroke="{edge}" stroke-width="{number(width)}"'
        f' stroke-opacity="{opacity:.2f}"/>'
    )


def stroke(data: str, paint: str, width: float, opacity: float = 1) -> str:
    faded = "" if opacity == 1 else f' opacity="{opacity:.2f}"'
    return f'<path d="{data}" fill="none" stroke="{paint}" stroke-width="{number(width)}"{faded}/>'


def group(*content: str, attributes: str) -> str:
    return f"<g {attributes}>{''.join(content)}</g>"


def flipped(content: str) -> str:
    """The content and its reflection in the vertical axis."""
    return content + group(content, attributes='transform="scale(-1 1)"')


def words(content: str, at: Point, size: float, fill: str, style: str) -> str:
    place = f'x="{number(at[0])}" y="{number(at[1])}"'
    look = f'font-size="{number(size)}" fill="{fill}" {style}'
    return f"<text {place} {look}>{escape(content)}</text>"


@final
class Sheet:
    """Collects definitions under unique ids, so that many drawings can share one page."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.definitions: list[str] = []

    def linear(self, *colors: str, across: float = 0, down: float = 1) -> str:
        """A linear gradient with evenly spaced colors, over the box of the filled element.

        A color may have an opacity, as in `#ffcc00/.5`.
        """
        axis = f'x1="0" y1="0" x2="{number(across)}" y2="{number(down)}"'
        return self._gradient("linearGradient", axis, colors)

    def radial(self, *colors: str) -> str:
        """A radial gradient from the first color in the middle to the last at the edge."""
        return self._gradient("radialGradient", "", colors)

    def clip(self, data: str) -> str:
        return self._define("clipPath", "", f'<path d="{data}"/>')

    def _gradient(self, element: str, attributes: str, colors: tuple[str, ...]) -> str:
        stops = "".join(
            _stop(place * 100 // (len(colors) - 1), color) for place, color in enumerate(colors)
        )
        return self._define(element, attributes, stops)

    def _define(self, element: str, attributes: str, content: str) -> str:
        name = f"{self._prefix}{len(self.definitions)}"
        self.definitions.append(f'<{element} id="{name}" {attributes}>{content}</{element}>')
        return f"url(#{name})"


def _stop(percent: int, color: str) -> str:
    plain, _, opacity = color.partition("/")
    faded = f' stop-opacity="{opacity}"' if opacity else ""
    return f'<stop offset="{percent}%" stop-color="{plain}"{faded}/>'
