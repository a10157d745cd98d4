"""The README's table of wings and the design's drawing are those of the contract."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def floors() -> list[list[str]]:
    """Return the wings of each floor, the highest first, as the import contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    return [layer.split(" | ") for layer in contract["layers"]]


def purpose(wing: str) -> str:
    """Return the first line of a wing's docstring."""
    package = ROOT / "kacenv" / wing / "__init__.py"
    path = package if package.exists() else ROOT / "kacenv" / f"{wing}.py"
    documented = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert documented is not None
    return documented.splitlines()[0]


def test_the_readme_has_every_wing_by_its_own_words() -> None:
    """One row for each wing, the highest floor first, with the first line of its docstring."""
    rows = [f"| `{wing}` | {purpose(wing)} |" for floor in floors() for wing in floor]
    table = "| wing | holds |\n|---|---|\n" + "\n".join(rows)
    assert table in (ROOT / "README.md").read_text(encoding="utf-8"), table


def test_the_design_draws_the_floors_of_the_contract() -> None:
    """The drawing has one line for each floor; wings on one floor import nothing of each other."""
    drawing = "\n".join(" | ".join(floor) for floor in floors())
    assert f"```\n{drawing}\n```" in (ROOT / "docs" / "design.md").read_text(encoding="utf-8"), (
        drawing
    )
