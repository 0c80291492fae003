"""The player as a notebook keeps it, as part of a page, and as a page of its own; and the command that writes one."""

import html
import json
import re

import pytest

from snippets.http_channel.hello_site import root
from snippets.lens.errors import LensError
from snippets.lens.listing import STORED
from snippets.lens.player import Player, play
from snippets.lens.source import find
from tests.invoked import invoked, refused
from tests.web_pages import Page

HOSTILE = b"GET /</script><script>alert(1)</script><!--<script> HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def player():
    return play("GET /hello", root())


def data(page: str) -> dict:
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


class TestInANotebook:
    def test_what_is_saved_is_one_sentence_and_always_the_same(self, player):
        stored = player._repr_mimebundle_()[STORED]
        text = stored["text/plain"]
        assert re.fullmatch(
            r"GET /hello HTTP/1\.1: \d+ steps in \d+ calls of \d+ functions\. "
            r"Run this cell to step through them, forward and back\.",
            text,
        )
        assert stored["text/html"] == f"<p><i>{html.escape(text)}</i></p>"
        assert play("GET /hello", root())._repr_mimebundle_()[STORED] == stored

    def test_what_is_saved_has_no_line_of_twisted(self, player):
        lines = {line.strip() for name in player.film["listings"] for line in find(name).lines.values()}
        kept = json.dumps(player._repr_mimebundle_()[STORED])
        assert [line for line in lines if len(line) > 16 and line in kept] == []

    def test_where_no_script_runs_a_sentence_stands(self, player):
        shown = player.as_html()
        assert re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL).count("This plays where scripts run") == 1

    def test_the_same_film_twice_are_two_players(self, player):
        """Else the script of the second would look for the first."""
        names = {re.search(r'data-player="(\w+)"', player.as_html())[1] for _ in range(2)}
        assert len(names) == 2


class TestAPage:
    def test_needs_nothing_else(self, player, tmp_path):
        player.save(tmp_path / "page.html")
        page = Page(tmp_path / "page.html")
        assert [address for kind, address in page.addresses() if kind != "a"] == []
        assert {address.partition(":")[0] for _, address in page.addresses()} <= {"https"}
        assert not re.search(r"\bimport\s*[({'\"]|\bfetch\(", "".join(page.inline))
        assert "http" not in re.sub(r'"link":"[^"]*"|href=\\"[^"]*\\"', "", page.inline[0])

    def test_has_the_film_and_the_listings(self, player):
        held = data(player.as_page())
        assert held["film"] == player.film
        assert held["address"] is True
        assert [each["name"] for each in held["texts"]] == player.film["listings"]

    def test_has_no_link_into_the_book(self, player):
        links = re.findall(r'href="([^"]*)"', json.dumps(data(player.as_page())["texts"]).replace('\\"', '"'))
        assert [link for link in links if not link.startswith("https://")] == []

    def test_bytes_of_a_request_cannot_end_the_script(self):
        page = play(HOSTILE, root()).as_page()
        assert data(page)["film"]["bytes"]["request"] == HOSTILE.decode()
        assert page.count("<script") == page.count("</script>") == 2
        assert "alert(1)</script>" not in page
        assert page.count("<!--") == 1  # by which it is known as a player
        assert "&lt;/script&gt;" in re.search(r"<title>(.*?)</title>", page)[1]
        assert "<script>alert" not in play(HOSTILE, root()).as_html()

    def test_is_written_over_another_player_and_over_nothing_else(self, player, tmp_path):
        file = tmp_path / "page.html"
        player.save(file)
        play("GET /other", root()).save(file)
        assert "GET /other" in file.read_text("utf-8")
        file.write_text("mine", "utf-8")
        with pytest.raises(LensError, match="is no player: name another file"):
            player.save(file)
        assert file.read_text("utf-8") == "mine"
        assert list(tmp_path.iterdir()) == [file]

    def test_is_written_whole_or_not_at_all(self, player, tmp_path):
        with pytest.raises(LensError, match=r"can't be written: (Is a directory|No such file)"):
            player.save(tmp_path / "nowhere" / "page.html")
        with pytest.raises(LensError, match="can't be written"):
            player.save(tmp_path)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [-1, 10**9, 1.5, "3", None])
def test_a_step_that_is_none_is_refused(player, step):
    with pytest.raises(LensError, match="is not in this film: it has the steps 0 to "):
        Player(player.film, step)


def test_a_film_without_steps_is_refused():
    with pytest.raises(LensError, match="so there is no step to show"):
        play("GET /hello", root(), functions=["HTTPChannel.timeoutConnection"])


class TestTheCommand:
    def test_writes_a_page_and_says_what_is_in_it(self, tmp_path):
        file = tmp_path / "page.html"
        ended = invoked("play", "hello_site", "GET /hello", "--out", str(file))
        assert ended.code == 0
        assert re.fullmatch(
            rf"{re.escape(str(file))}: GET /hello HTTP/1.1: \d+ steps in \d+ calls of \d+ functions\n", ended.out
        )
        assert data(file.read_text("utf-8"))["step"] == 0

    def test_feeds_pieces_and_begins_at_a_step(self, tmp_path):
        file = tmp_path / "page.html"
        invoked("play", "hello_site", "GET /hello", "--size", "10", "--step", "7", "--out", str(file))
        held = data(file.read_text("utf-8"))
        assert held["step"] == 7
        assert held["film"]["bytes"]["cuts"][:2] == [10, 20]

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("nobody", "GET /hello"), "there is no snippet nobody"),
            (("hello_site", "HELLO"), "HELLO"),
            (("hello_site", "GET /hello", "--step", "100000"), "step 100000 is not in this film"),
            (("hello_site", "GET /hello", "--step", "-1"), "-1"),
            (("hello_site", "GET /hello", "--size", "0"), "0"),
            (("hello_site", "GET /hello", "--size", "ten"), "ten"),
        ],
    )
    def test_bad_input_is_one_line_and_nothing_is_written(self, tmp_path, args, said):
        refused(invoked("play", *args, "--out", str(tmp_path / "page.html")), said)
        assert list(tmp_path.iterdir()) == []

    def test_another_file_is_left_alone(self, tmp_path):
        file = tmp_path / "page.html"
        file.write_bytes(b"\xff mine")
        refused(invoked("play", "hello_site", "GET /hello", "--out", str(file)), "is no player: name another file")
        assert file.read_bytes() == b"\xff mine"
