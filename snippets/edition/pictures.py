"""The pictures on the README: the player, the X-ray and Live, taken in a browser; none shows Twisted's source."""

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.path import PATH
from snippets.lens.player import Player, play

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = catalogue.CHAPTERS / "figures"
HIGH = 700  # pixels; of what is higher, the beginning is shown
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")  # what the browser is called, here or there
_OWN = "snippets.start_here.first_request:Page.render_GET"
_ADDRESS = re.compile(r"http://\S+")


def take_pictures() -> list[Path]:
    """Take the pictures, and return where they are.

    Raises:
        LensError: there is no browser, or no server.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise LensError("pictures are taken by playwright: install requirements.txt") from error
    program = _chromium()  # before the pages are made: it takes long to find out otherwise
    try:
        with sync_playwright() as tools, _served() as address:
            browser = tools.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(viewport={"width": 1240, "height": 900}, color_scheme="light")
            page = context.new_page()
            return [_player(page), _live(page, address), _xray(page, address)]
    except Error as error:
        raise LensError(f"the browser failed: {str(error).splitlines()[0]}") from error


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        raise LensError("there is no Chromium here, which takes the pictures: apt-get install chromium")
    return found


@contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, "-m", "snippets", "serve", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        found = _ADDRESS.search(server.stdout.readline() if server.stdout else "")
        if not found:
            raise LensError("the server did not say where it is: try `python -m snippets serve`")
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def _player(page: "Page") -> Path:
    """The player where the page of the reader's own is asked: the one listing that is not Twisted's."""
    page.set_content(_at_own_page().as_page())
    page.locator("[data-player] .player").wait_for()
    return _shot(page, "[data-player]", "player")


def _at_own_page() -> Player:
    root = importlib.import_module(catalogue.find("first_request").module).root()
    watched = play("GET /hello", root, size=16, functions=[*(step.name for step in PATH), _OWN])
    own = next(number for number, function in enumerate(watched.film["functions"]) if function[0] == _OWN)
    call, at = 0, 0
    for step, moved in enumerate(watched.film["call"]):
        call += moved
        if watched.film["calls"][call] == own:
            at = step
    return Player(watched.film, at)


def _live(page: "Page", address: str) -> Path:
    page.goto(f"{address}live.html")
    other = page.context.new_page()
    other.goto(f"{address}05_http_channel.html")
    other.close()
    page.locator("#watched .lane").first.wait_for()
    return _shot(page, "#watched", "live")


def _xray(page: "Page", address: str) -> Path:
    page.goto(f"{address}xray.html")
    page.select_option("#xray select", "get-random-pieces")
    for part in ("+ pause", "+ hang up"):
        page.get_by_role("button", name=part).click()
    return _shot(page, "#xray", "xray")


def _shot(page: "Page", selector: str, name: str) -> Path:
    file = FOLDER / f"{name}.png"
    found = page.locator(selector).first
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    if box is None:
        raise LensError(f"there is no {selector} on the page")
    left, top = page.evaluate("[scrollX, scrollY]")  # a box is where the window shows it, a cut is of the whole page
    cut: Any = {"x": box["x"] + left, "y": box["y"] + top, "width": box["width"], "height": min(box["height"], HIGH)}
    page.screenshot(path=file, full_page=True, clip=cut)
    return file
