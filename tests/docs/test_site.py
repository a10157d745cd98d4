"""The documentation as a site: it builds without a warning, and asks nobody for anything."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.browser import BROWSER_PATIENCE, SHOTS, chromium
from support.shared import once

ROOT = Path(__file__).parents[2]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
NAMED = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Fetched(HTMLParser):
    """Collects the addresses of what a browser would fetch by itself to show a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Everything that has an address, but links that people follow."""
        for name, value in attrs:
            if value and name in {"src", "srcset", "data", "poster"}:
                self.addresses.append(value)
            if value and name == "href" and tag not in {"a", "area"}:
                self.addresses.append(value)
            if value and name == "style":
                self.addresses += named_in(value)


def named_in(style: str) -> list[str]:
    """The addresses that a style sheet names."""
    return [one or other for one, other in NAMED.findall(style)]


def outside(addresses: list[str]) -> list[str]:
    """Those that don't lie beside the page."""
    return [one for one in addresses if re.match(r"(?!data:)[a-z][a-z0-9+.-]*:|//", one)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, strictly: a warning is an error."""
    return once(tmp_path_factory, "site", build)


def build(folder: Path) -> Path:
    """Build the site in a folder, and return that."""
    mkdocs = Path(sys.executable).with_name("mkdocs")
    command: list[str | Path] = [mkdocs, "build", "--strict", "--site-dir", folder]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """A page of the system's own Chromium."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(BROWSER_PATIENCE)
        yield page


def test_every_page_is_built_and_in_the_list(site: Path) -> None:
    """Each page of docs/, and each that is generated, is linked from the first."""
    pages = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    made = {"changes", "reference/commands"}
    made |= {f"reference/{kind}-keys" for kind in ("room", "scene", "playlist")}
    start = (site / "index.html").read_text()
    for page in {str(path.with_suffix("")) for path in pages} | made:
        assert (site / f"{page}.html").is_file()
        assert f'href="{page}.html"' in start or page == "index", page


def test_nothing_that_is_no_page_is_taken_along(site: Path) -> None:
    """Programs stay behind; what pages link to is there."""
    assert not list(site.rglob("*.py"))
    assert (site / "openapi.json").is_file()
    assert (site / "schema" / "room.json").is_file()


def test_no_page_and_no_style_names_another_machine(site: Path) -> None:
    """Scripts, styles, fonts and pictures lie beside the page."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        assert outside(Fetched(page.read_text()).addresses) == [], page
    for style in site.rglob("*.css"):
        assert outside(named_in(style.read_text())) == [], style


def test_the_check_for_other_machines_sees_them() -> None:
    """A script, a style, a picture and a font from elsewhere are found; a link isn't one."""
    page = Fetched(
        '<link href="https://fonts.example/x.css"><script src="//cdn.example/x.js"></script>'
        '<img src="http://a.example/b.png"><a href="https://example.org">x</a>'
        '<p style="background: url(https://b.example/c.png)"><img src="demo.svg">'
    )
    assert len(outside(page.addresses)) == 4
    assert outside(named_in('@font-face {src: url("https://f.example/a.woff2")}')) != []


def test_a_browser_asks_no_other_machine_and_finds_by_searching(
    site: Path, browser_page: Page
) -> None:
    """Opened as a file, pages fetch files alone, and the search answers."""
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    for page in ("index", "requests", "reference/commands", "room"):
        browser_page.goto((site / f"{page}.html").as_uri(), wait_until="load")
    browser_page.goto((site / "index.html").as_uri())
    browser_page.click(".md-search__icon[for=__search], .md-search__input")
    browser_page.type(".md-search__input", "calibrate")
    found = browser_page.locator(".md-search-result__link", has_text="calibrate").first
    found.wait_for(timeout=BROWSER_PATIENCE)
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_screen(site: Path, browser_page: Page, size: str) -> None:
    """Wide tables and blocks scroll in themselves, on a telephone as well; pictures are kept."""
    width, height = SIZES[size]
    browser_page.set_viewport_size({"width": width, "height": height})
    SHOTS.mkdir(parents=True, exist_ok=True)
    for page in (
        "index",
        "tutorial",
        "room",
        "faults",
        "reference/commands",
        "reference/room-keys",
    ):
        browser_page.goto((site / f"{page}.html").as_uri())
        wide = browser_page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, page
        browser_page.screenshot(path=SHOTS / f"docs-{size}-{page.replace('/', '-')}.png")
