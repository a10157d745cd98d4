"""`kacenv schema`: JSON Schemas of the clinic's files, for editors."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kacenv.core.errors import KacenvError

KINDS = ("room", "scene", "playlist")


def schema(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[room|scene|playlist]", show_default=False, autocompletion=lambda: list(KINDS)
        ),
    ] = None,
    every: Annotated[
        Path | None, typer.Option("--all", metavar="DIR", help="Write all three to this folder.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file; VS Code and others check and complete by it."""
    if every is not None and kind is None:
        print("\n".join(str(path) for path in write_schemas(every)))
        return
    if kind not in KINDS:
        raise KacenvError(f"Which one? There are: {', '.join(KINDS)}; or all: --all docs/schema")
    from kacenv.config.schema.json_schema import SchemaKind, text_of

    sys.stdout.write(text_of(SchemaKind(kind)))


def write_schemas(folder: Path) -> list[Path]:
    """Write the three schemas to `folder`; return their paths."""
    from kacenv.config.schema.json_schema import SchemaKind, text_of

    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in SchemaKind:
        path = folder / f"{kind}.json"
        path.write_text(text_of(kind), encoding="utf-8")
        paths.append(path)
    return paths
