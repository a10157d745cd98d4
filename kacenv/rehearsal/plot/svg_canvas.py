"""SVG canvas, written with Python's own XML tree.

ElementTree escapes the text of scenes and tags; no drawing library is needed for so few shapes.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree import ElementTree as ET  # only writes

from kacenv.core.plain_text import cleaned_line
from kacenv.rehearsal.plot.palette import DIM, FONT, NIGHT, SOFT

Point = tuple[float, float]
_WIDE: Final = frozenset("mwMW@%—…ÆŒæœ")
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[] -·“”")


class SvgCanvas:
    """SVG picture of `width` pixels; its height is set at the end."""

    def __init__(self, width: float, title: str) -> None:
        self._width = width
        space = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT}
        self._root = ET.Element("svg", space)
        self._parents = [self._root]
        self._add("title").text = cleaned_line(title)
        self._definitions = self._add("defs")
        self._names = 0
        self.box(0, 0, width, "100%", NIGHT)

    def svg(self, height: float) -> str:
        """Return the picture as text; the same calls give the same text."""
        size = _number(self._width), _number(height)
        self._root.set("viewBox", f"0 0 {size[0]} {size[1]}")
        self._root.set("width", size[0])
        self._root.set("height", size[1])
        ET.indent(self._root, " ")
        return ET.tostring(self._root, encoding="unicode") + "\n"

    @contextmanager
    def hint(self, text: str) -> Iterator[None]:
        """Show `text` as a tooltip of what is drawn inside."""
        group = self._add("g")
        ET.SubElement(group, "title").text = cleaned_line(text)
        self._parents.append(group)
        yield
        self._parents.pop()

    def box(  # noqa: PLR0913 - a box is that much
        self,
        x: float,
        y: float,
        width: float,
        height: float | str,
        fill: str,
        *,
        radius: float = 0,
        **style: str | float,
    ) -> None:
        """Draw a rectangle; `radius` rounds its corners."""
        place = {"x": x, "y": y, "width": max(0.0, width), "height": height}
        corner = {"rx": radius} if radius else {}
        self._add("rect", fill=fill, **place, **corner, **style)

    def line(self, begin: Point, end: Point, stroke: str, **style: str | float) -> None:
        """Draw a straight line."""
        self._add("line", x1=begin[0], y1=begin[1], x2=end[0], y2=end[1], stroke=stroke, **style)

    def path(self, points: Iterable[Point], *, closed: bool = False, **style: str | float) -> None:
        """Draw a line through `points`, or fill the shape within."""
        steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self._add("path", d=f"M{steps}{'Z' if closed else ''}", **style)

    def dot(self, x: float, y: float, radius: float, **style: str | float) -> None:
        """Draw a circle."""
        self._add("circle", cx=x, cy=y, r=radius, **style)

    def text(  # noqa: PLR0913 - all but three have defaults
        self,
        x: float,
        y: float,
        text: str,
        *,
        fill: str = SOFT,
        size: float = 12,
        anchor: str = "start",
        after: str = "",
        **style: str | float,
    ) -> None:
        """Draw one line of text; `y` is its base line, `anchor` start, middle or end.

        `after` follows it, smaller and dimmer.
        """
        place = {"x": x, "y": y, "font-size": size}
        aligned = {} if anchor == "start" else {"text-anchor": anchor}
        line = self._add("text", fill=fill, **place, **aligned, **style)
        line.text = cleaned_line(text)
        if after:
            small = {"fill": DIM, "font-size": _number(size - 1), "dx": "7"}
            ET.SubElement(line, "tspan", small).text = cleaned_line(after.strip())

    def gradient(self, stops: Iterable[tuple[float, str]], *, upright: bool = False) -> str:
        """Define a fill of colours at offsets (0 to 1), left to right or down; return its name."""
        self._names += 1
        name = f"g{self._names}"
        direction = {"x2": "0", "y2": "1"} if upright else {}
        gradient = ET.SubElement(self._definitions, "linearGradient", {"id": name, **direction})
        for share, colour in stops:
            stop = {"offset": f"{share:.5f}".rstrip("0").rstrip("."), "stop-color": colour[:7]}
            if len(colour) > 7:
                stop["stop-opacity"] = f"{int(colour[7:], 16) / 255:.2f}"
            ET.SubElement(gradient, "stop", stop)
        return f"url(#{name})"

    def _add(self, tag: str, **attributes: str | float) -> ET.Element:
        texts = {
            name.replace("_", "-"): value if isinstance(value, str) else _number(value)
            for name, value in attributes.items()
        }
        return ET.SubElement(self._parents[-1], tag, texts)


def width_of(text: str, size: float) -> float:
    """Return an upper estimate of the width of `text` in pixels, whatever the font."""
    ems = sum(0.95 if c in _WIDE else 0.36 if c in _NARROW else 0.61 for c in text)
    return ems * size


def fitted(text: str, size: float, room: float) -> str:
    """Cut `text` to `room` pixels; empty if less than four characters fit."""
    if width_of(text, size) <= room:
        return text
    shorter = text
    while shorter and width_of(shorter + "…", size) > room:
        shorter = shorter[:-1]
    return f"{shorter.rstrip()}…" if len(shorter) >= 4 else ""


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
