"""A sheet to draw on: SVG's few shapes, written with Python's own XML tree.

A tree of elements is all that SVG is, and ElementTree escapes what scenes and tags bring along,
so no drawing library is needed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree import ElementTree as ET  # only writes

from kacenv.plot.palette import DIM, FONT, NIGHT, SOFT

Point = tuple[float, float]
_WIDE: Final = frozenset("mwMW@%—…ÆŒæœ")
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[] -·“”")


class Sheet:
    """An SVG picture, `width` pixels wide and as high as it turns out to be."""

    def __init__(self, width: float, title: str) -> None:
        self._width = width
        space = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT}
        self._root = ET.Element("svg", space)
        self._parents = [self._root]
        self._add("title").text = _clean(title)
        self._definitions = self._add("defs")
        self._names = 0
        self.box(0, 0, width, "100%", NIGHT)

    def svg(self, height: float) -> str:
        """The picture as text, the same for the same strokes."""
        size = _number(self._width), _number(height)
        self._root.set("viewBox", f"0 0 {size[0]} {size[1]}")
        self._root.set("width", size[0])
        self._root.set("height", size[1])
        ET.indent(self._root, " ")
        return ET.tostring(self._root, encoding="unicode") + "\n"

    @contextmanager
    def hint(self, text: str) -> Iterator[None]:
        """What is drawn in here shows `text` where the mouse rests on it."""
        group = self._add("g")
        ET.SubElement(group, "title").text = _clean(text)
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
        """A rectangle; `radius` rounds its corners."""
        place = {"x": x, "y": y, "width": max(0.0, width), "height": height}
        corner = {"rx": radius} if radius else {}
        self._add("rect", fill=fill, **place, **corner, **style)

    def line(self, begin: Point, end: Point, stroke: str, **style: str | float) -> None:
        """A straight line."""
        self._add("line", x1=begin[0], y1=begin[1], x2=end[0], y2=end[1], stroke=stroke, **style)

    def path(self, points: Iterable[Point], *, closed: bool = False, **style: str | float) -> None:
        """A line through `points`, or the shape within."""
        steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self._add("path", d=f"M{steps}{'Z' if closed else ''}", **style)

    def dot(self, x: float, y: float, radius: float, **style: str | float) -> None:
        """A circle."""
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
        """One line of text; `y` is its base line, `anchor` start, middle or end.

        `after` follows it, smaller and dimmer.
        """
        place = {"x": x, "y": y, "font-size": size}
        aligned = {} if anchor == "start" else {"text-anchor": anchor}
        line = self._add("text", fill=fill, **place, **aligned, **style)
        line.text = _clean(text)
        if after:
            small = {"fill": DIM, "font-size": _number(size - 1), "dx": "7"}
            ET.SubElement(line, "tspan", small).text = _clean(after.strip())

    def gradient(self, stops: Iterable[tuple[float, str]], *, upright: bool = False) -> str:
        """A fill that changes colour at shares (0 to 1) of a shape, left to right or downwards."""
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
    """About how wide `text` is in pixels; rather too much than too little, whatever the font."""
    ems = sum(0.95 if c in _WIDE else 0.36 if c in _NARROW else 0.61 for c in text)
    return ems * size


def fitted(text: str, size: float, room: float) -> str:
    """As much of `text` as fits in `room` pixels; nothing where that would be a stump."""
    if width_of(text, size) <= room:
        return text
    shorter = text
    while shorter and width_of(shorter + "…", size) > room:
        shorter = shorter[:-1]
    return f"{shorter.rstrip()}…" if len(shorter) >= 4 else ""


def _clean(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
