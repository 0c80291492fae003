"""The pictures on the README: each begins at what it shows, and has no line of Twisted's source."""

import contextlib

import pytest
from PIL import Image

from snippets.edition import pictures
from snippets.lens.errors import LensError
from tests.browsing import chromium
from tests.serving import serving
from tests.web_book import by_hand

pytestmark = pytest.mark.once

COLOURS = ((255, 0, 0), (0, 128, 0))
# What is to be shown is below what a window shows, and beside it.
FAR = """<body style="margin: 0; width: 3000px"><div style="height: 3000px"></div>
<div id="shown" style="margin-left: 2000px; width: 300px; height: 900px; background: rgb(255, 0, 0)"></div>
<div style="height: 50px; background: rgb(0, 128, 0)"></div></body>"""


def colours(file):
    return Image.open(file).convert("RGB").getcolors()


def test_a_picture_is_of_what_it_is_to_show_wherever_that_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(FAR)
        file = pictures._shot(page, "#shown", "far")
        assert colours(file) == [(300 * pictures.HIGH, (255, 0, 0))]


def test_all_are_taken(tmp_path, monkeypatch):
    pages = by_hand(tmp_path)

    @contextlib.contextmanager
    def served():
        with serving(pages) as server:
            yield f"http://127.0.0.1:{server.port}/"

    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    monkeypatch.setattr(pictures, "_served", served)
    with chromium():  # or there is none, and the test is left out
        pass
    files = pictures.take_pictures()
    assert [file.name for file in files] == ["player.png", "live.png", "xray.png"]
    assert all(Image.open(file).width > 300 and len(colours(file) or "many") > 3 for file in files)


def test_the_player_stands_at_a_page_that_is_not_twisted_s():
    player = pictures._at_own_page()
    assert player.film["functions"][player.film["calls"][call_at(player)]][0] == pictures._OWN


def call_at(player):
    """The number of the call in which the player's step is."""
    return sum(player.film["call"][: player.step + 1])


def test_without_a_browser_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(pictures.shutil, "which", lambda name: None)
    monkeypatch.setattr(pictures, "_served", lambda: pytest.fail("the pages were made"))
    with pytest.raises(
        LensError, match="there is no Chromium here, which takes the pictures: apt-get install chromium"
    ):
        pictures.take_pictures()
