"""The pages X-ray and Live in a real browser: what a visitor writes is played and shown, and never acts."""

import base64
import re

import pytest

from snippets.edition.guard import MOST_BODY
from tests.browsing import chromium
from tests.serving import serving
from tests.web_book import by_hand

pytestmark = pytest.mark.once

WAIT = 50_000  # milliseconds: a busy machine makes no test fail
POST = "POST /echo HTTP/1.1\nHost: x\nContent-Length: 3\n\none"
EURO = base64.b64encode(rb'[["send", "GET /\u20ac"]]').decode()
HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"

# How many elements that a visitor's text would have made there are, in the page and in the player.
ACTING = """() => [document, ...[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)]
    .flatMap((root) => [...root.querySelectorAll("img[src=x], script:not([src])")]).length"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return by_hand(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def server(pages):
    with serving(pages) as one:
        yield one


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser, server):
    """A page of which nothing may be heard: no error, no dialogue, no request to anybody else."""
    opened = browser.new_page()
    opened.set_default_timeout(WAIT)
    heard = []
    opened.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    # What the page asked for in vain.
    refused = re.compile(r"Failed to load resource: (net::ERR_FAILED|.* status of 4(0[034]|13))")
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.on("dialog", lambda dialog: (heard.append("a dialogue"), dialog.dismiss()))
    own = f"http://127.0.0.1:{server.port}/"
    opened.on("request", lambda request: None if request.url.startswith((own, "data:")) else heard.append(request.url))
    yield opened
    opened.close()
    assert [said for said in heard if not refused.match(said)] == []


def opened(page, server, path):
    page.goto(f"http://127.0.0.1:{server.port}/{path}")
    return page


def test_no_page_has_a_script_or_a_handler_in_it(pages):
    found = list(pages.rglob("*.html"))
    assert len(found) >= 3
    for page in found:
        text = page.read_text("utf-8")
        for attributes, script in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
            assert "application/json" in attributes or not script.strip()
        assert not re.search(r"<[^>]+\son[a-z]+=", text)
        assert "javascript:" not in text


class TestXray:
    def played(self, page, name="Player: "):
        page.get_by_role("button", name="Play it").click()
        player = page.get_by_role("group", name=re.compile(f"^{name}"))
        player.wait_for()
        return player

    def test_a_preset_is_played_to_its_end(self, page, server):
        opened(page, server, "xray.html")
        player = self.played(page)
        assert player.get_attribute("aria-label") == "Player: GET /hello HTTP/1.1"
        number = player.get_by_label("number of the step")
        last = number.get_attribute("max")
        player.press("End")
        assert number.input_value() == last
        assert "Hello!" in player.inner_text()

    def test_every_preset_is_shown_as_what_it_sends(self, page, server):
        opened(page, server, "xray.html")
        for preset in server.ask(path="/presets").json:
            page.get_by_label("begin with").select_option(preset["name"])
            assert page.get_by_text(preset["about"]).is_visible()
            with page.expect_request("**/play") as sent:
                page.get_by_role("button", name="Play it").click()
            assert sent.value.post_data_json == {"acts": preset["acts"]}
            page.wait_for_function("() => !document.querySelector('button.play').disabled")

    def test_what_is_written_cut_and_added_is_what_is_sent(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_label("what the client sends").fill("GET /\\x41\\\\ HTTP/1.0\n\n\u00e9")
        page.get_by_title("cut before byte 3", exact=True).click()
        page.get_by_title("cut before byte 7", exact=True).click()
        page.get_by_title("cut before byte 3", exact=True).click()
        page.get_by_role("button", name="+ pause").click()
        page.get_by_label("seconds that pass").fill("1.5")
        page.get_by_role("button", name="+ hang up").click()
        page.get_by_label("how the client hangs up").select_option("reset")
        with page.expect_request("**/play") as sent:
            self.played(page)
        assert sent.value.post_data_json == {
            "acts": [
                ["send", "GET /A\\"],
                ["send", " HTTP/1.0\r\n\r\n\u00c3\u00a9"],
                ["advance", 1.5],
                ["disconnect", True],
            ]
        }

    def test_a_play_has_an_address(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_label("what the client sends").fill("GET /missing HTTP/1.1\nHost: x\n\n")
        self.played(page).press("End")
        address = page.url
        opened(page, server, "")
        page.goto(address)
        player = page.get_by_role("group", name="Player: GET /missing HTTP/1.1")
        player.wait_for()
        assert page.get_by_label("what the client sends").input_value() == "GET /missing HTTP/1.1\nHost: x\n\n"
        number = player.get_by_label("number of the step")
        assert number.input_value() == number.get_attribute("max")
        # Another play is another film, and its steps are others.
        page.get_by_label("what the client sends").fill(POST)
        player = self.played(page, "Player: POST")
        assert player.get_by_label("number of the step").input_value() == "0"

    def test_of_two_plays_the_second_alone_follows_the_address(self, page, server):
        opened(page, server, "xray.html")
        short = int(self.played(page).get_by_label("number of the step").get_attribute("max"))
        page.get_by_label("what the client sends").fill(POST)
        number = self.played(page, "Player: POST").get_by_label("number of the step")
        assert int(number.get_attribute("max")) > short + 5
        page.evaluate("step => { location.hash = `#step-${step}`; }", short + 5)
        page.wait_for_function("step => location.hash === `#step-${step}`", arg=short + 5)
        page.wait_for_function(
            "() => document.querySelector('.stage div').shadowRoot.querySelector('input').value !== '0'"
        )
        assert number.input_value() == str(short + 5)

    def test_a_play_that_is_too_long_for_an_address_has_no_link(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_label("what the client sends").fill(f"GET /hello HTTP/1.1\nX: {'x' * 4000}\n\n")
        player = self.played(page)
        player.press("End")
        assert "play=" not in page.url
        assert player.get_by_role("button", name="copy the link").count() == 0
        player.get_by_role("button", name="copy the step").wait_for()

    @pytest.mark.parametrize(
        "query", ["play=%3Cscript%3E", "play=e30", "play=W1sic2VuZCJdXQ", f"play={EURO}", "play=" + "A" * 3000]
    )
    def test_an_address_that_holds_no_play_says_so(self, page, server, query):
        opened(page, server, f"xray.html?{query}")
        page.get_by_text("The address holds no play.").wait_for()
        self.played(page)

    def test_what_is_wrong_is_said_and_what_was_written_stays(self, page, server):
        opened(page, server, "xray.html")
        written = page.get_by_label("what the client sends")
        written.fill("GET \\q")
        page.get_by_role("button", name="Play it").click()
        page.get_by_text("A backslash begins").wait_for()
        page.get_by_role("button", name="+ pause").click()
        page.get_by_label("seconds that pass").fill("0")
        written.fill(HOSTILE)
        with page.expect_response("**/play"):
            page.get_by_role("button", name="Play it").click()
        page.get_by_text("an act sends at least one byte").wait_for()
        assert written.input_value() == HOSTILE

    def test_what_the_guard_refuses_is_said(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_label("what the client sends").fill("x" * (MOST_BODY + 1))
        page.get_by_role("button", name="Play it").click()
        page.get_by_text(f"a request may bring at most {MOST_BODY} bytes").wait_for()
        foreign = {"status": 403, "content_type": "text/plain", "body": "a page of another site asked for this\n"}
        page.route("**/play", lambda route: route.fulfill(**foreign))
        page.get_by_label("what the client sends").fill("GET /hello")
        page.get_by_role("button", name="Play it").click()
        page.get_by_text("a page of another site asked for this").wait_for()

    def test_a_server_that_is_gone_is_said_to_be(self, page, server):
        opened(page, server, "xray.html")
        page.route("**/play", lambda route: route.abort())
        page.get_by_role("button", name="Play it").click()
        page.get_by_text("The server did not answer: is it still running?").wait_for()

    def test_a_play_of_which_nothing_is_to_be_shown_says_so(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_role("button", name="remove").first.click()
        page.get_by_role("button", name="+ pause").click()
        page.get_by_label("seconds that pass").fill("1")
        page.get_by_role("button", name="Play it").click()
        page.get_by_text("nothing of what was to be followed has run").wait_for()

    def test_only_a_number_of_bytes_cuts(self, page, server):
        opened(page, server, "xray.html")
        page.get_by_label("what the client sends").fill("GET / HTTP/1.0\n\n")
        size, cut = page.get_by_label("bytes in a piece"), page.get_by_role("button", name="cut every")
        size.fill("4")
        cut.click()
        marks = page.locator(".strip .cut")
        titles = [mark.get_attribute("title") for mark in marks.all()]
        assert titles == [f"cut before byte {at}" for at in (4, 8, 12, 16)]
        for wrong in ("", "0", "-1", "1.5"):
            size.fill(wrong)
            cut.click()
            assert [mark.get_attribute("title") for mark in marks.all()] == titles

    def test_nothing_that_is_sent_acts(self, page, server):
        opened(page, server, "xray.html")
        head = f"POST /echo?{HOSTILE.replace(' ', '+')} HTTP/1.1\nHost: {HOSTILE}\nX-Mine: {HOSTILE}\n"
        text = f"{head}Content-Length: {len(HOSTILE)}\n\n{HOSTILE}"
        page.get_by_label("what the client sends").fill(text)
        player = self.played(page)
        last = int(player.get_by_label("number of the step").get_attribute("max"))
        for step in (0, last // 4, last // 2, last):
            player.get_by_label("number of the step").fill(str(step))
            player.press("Enter")
            assert page.evaluate(ACTING) == 0
        assert HOSTILE.partition(">")[0] in player.inner_text()

    def test_without_the_server_the_page_says_so(self, page, server):
        page.route("**/presets", lambda route: route.fulfill(status=404))
        opened(page, server, "xray.html")
        assert "python -m snippets serve" in page.locator("#xray").inner_text()


class TestLive:
    def test_a_page_that_is_opened_arrives_in_its_lane_and_shows_as_text(self, page, server):
        opened(page, server, "live.html")
        page.get_by_text("Watching. Nothing that this page causes is shown.").wait_for()
        page.get_by_role("button", name="Clear").click()
        server.said(
            f"GET /xray.html?{HOSTILE.replace(' ', '+')} HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
        )
        lane = page.locator(".lane.ended")
        lane.wait_for()
        assert lane.count() == page.locator(".lane").count() == 1
        whats = [each.partition(":")[0] for each in lane.locator(".events span").all_text_contents()]
        assert [what for what in whats if what != "write"] == [
            *("connectionMade", "dataReceived", "process", "render", "finish", "connectionLost")
        ]
        assert f"process: request GET /xray.html?{HOSTILE.replace(' ', '+')}" in lane.inner_text()
        assert page.locator(".lane img").count() == 0

    def test_it_can_be_held(self, page, server):
        opened(page, server, "live.html")
        page.get_by_text("Watching.").wait_for()
        page.get_by_role("button", name="Hold").click()
        page.get_by_role("button", name="Clear").click()
        server.ask(path="/live.html")
        page.get_by_role("button", name="Go on").click()
        server.ask(path="/xray.html")
        page.locator(".lane.ended").wait_for()
        assert "/live.html" not in page.locator(".lanes").inner_text()

    def test_what_is_held_stays_when_the_connection_is_lost_and_goes_on_anew(self, page, server):
        # Each stream that is asked for ends at once, with a line of a page of its own.
        streams = iter(range(1, 100))
        event = '{"at": 1, "connection": %d, "what": "connectionMade"}'
        page.route(
            "**/live/events",
            lambda route: route.fulfill(
                content_type="text/event-stream", body=f"retry: 50\ndata: {event % next(streams)}\n\n"
            ),
        )
        opened(page, server, "live.html")
        lanes = page.locator(".lane")
        lanes.first.wait_for()
        page.get_by_role("button", name="Hold").click()
        held = lanes.all_inner_texts()
        for _ in range(3):
            page.wait_for_event("response", lambda response: response.url.endswith("/live/events"))
        assert lanes.all_inner_texts() == held
        page.get_by_role("button", name="Go on").click()
        page.wait_for_function("held => !document.querySelector('.lanes').innerText.includes(held)", arg=held[0])
        assert lanes.count() == 1

    def test_one_too_many_is_told_of_both_reasons(self, page, server):
        page.route("**/live/events", lambda route: route.fulfill(status=404))
        opened(page, server, "live.html")
        page.get_by_text("python -m snippets serve, or too many are watching already").wait_for()
