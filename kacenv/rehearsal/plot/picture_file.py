"""Files of pictures: SVG as it is, PNG by resvg."""

from pathlib import Path
from typing import Final

from kacenv.core.errors import RenderError
from kacenv.system.atomic_write import atomic_write

ZOOM: Final = 2
"""PNG pixels for each pixel of the picture, to keep small letters sharp."""
_FONT: Final = "DejaVu Sans"
_LETTER: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" font-family="sans-serif">'
    '<text y="9">{}</text></svg>'
)
KINDS: Final = (".svg", ".png")


def check_name(path: Path) -> None:
    """Check that a file name ends in .svg or .png.

    Raises:
        RenderError: It doesn't.
    """
    if path.suffix.lower() not in KINDS:
        example = path.with_suffix(".svg")
        raise RenderError(f"A picture is an .svg or a .png file. For example: {example}")


def write_picture(path: Path, svg: str) -> None:
    """Write the picture `svg` to `path`, in the format of its suffix.

    Raises:
        RenderError: The suffix is another, it can't be written, or there is no font.
    """
    check_name(path)
    content = svg.encode() if path.suffix.lower() == ".svg" else png_of(svg)
    try:
        with atomic_write(path, 0o666, draft=f"{path.name}.part") as file:
            file.write(content)
    except OSError as error:
        raise RenderError(
            f"{path} can't be written ({error.strerror}). Give another place."
        ) from error


def png_of(svg: str, zoom: float = ZOOM) -> bytes:
    """Return the picture as PNG.

    Raises:
        RenderError: This machine has no font.
    """
    if _drawn(_LETTER.format("")) == _drawn(_LETTER.format("H")):
        raise RenderError(
            "This machine has no font to write with. Take an .svg picture, or install one:"
            " apt install fonts-dejavu-core"
        )
    return _drawn(svg, zoom)


def _drawn(svg: str, zoom: float = 1) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - only pictures need it

    return bytes(svg_to_bytes(svg_string=svg, zoom=zoom, sans_serif_family=_FONT))
