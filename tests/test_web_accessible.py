"""axe-core finds no serious fault on any kind of page, light and dark; it is npm's, and no part of the book."""

import os
import subprocess
from pathlib import Path

import pytest

from snippets.lens.player import play
from tests.browsing import opened
from tests.played import GET, site

pytestmark = pytest.mark.once

KINDS = ("index", "05_http_channel", "99_players", "glossary", "search", "xray", "live")
AXE = (
    "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    ".filter((each) => ['serious', 'critical'].includes(each.impact))"
    ".map((each) => [each.id, each.nodes.length, each.nodes[0].target.flat().join(' '), each.nodes[0].failureSummary])"
)


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, from the folder that AXE_CORE names, or where npm keeps what is installed for all."""
    folders = [os.environ[name] for name in ("AXE_CORE",) if name in os.environ]
    try:
        found = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()
        folders.append(found)
    except (OSError, subprocess.CalledProcessError):
        pass
    for folder in folders:
        if (file := Path(folder, "axe-core", "axe.min.js")).exists():
            return file.read_text("utf-8")
    pytest.skip("no axe-core here: npm install axe-core, and AXE_CORE=.../node_modules")


def faults(page, axe: str) -> list:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(axe)
    return page.evaluate(AXE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_the_book_has_no_serious_fault(browser, web_site, axe, kind, scheme):
    with opened(browser, f"{web_site}{kind}.html", color_scheme=scheme, bypass_csp=True) as page:
        assert faults(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_has_a_player_by_itself(browser, axe, tmp_path, scheme):
    play(GET, site(), size=16, step=60).save(tmp_path / "page.html")
    with opened(browser, (tmp_path / "page.html").as_uri(), color_scheme=scheme) as page:
        assert faults(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_has_the_page_of_a_test(browser, web_site, axe, web_book, scheme):
    name = sorted(file.name for file in (web_book / "tests").glob("*.html"))[0]
    with opened(browser, f"{web_site}tests/{name}", color_scheme=scheme, bypass_csp=True) as page:
        assert faults(page, axe) == []
