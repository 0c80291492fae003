"""What is a play and what is none, and what comes of one: asked of the functions, and not of a server."""

import json
import re
from pathlib import Path

import pytest
from twisted.web.resource import Resource
from twisted.web.static import Data

from snippets.edition import children, live, plays
from snippets.edition.child import MOST_MEMORY, answer
from snippets.edition.plays import (
    MOST_ACTS,
    MOST_ANSWER,
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_STEPS,
    PRESETS,
    acts_of,
    played,
    presets,
)
from snippets.lens.errors import LensError
from snippets.lens.wire import Wire, pieces
from snippets.workshop.scenarios import scenario
from snippets.workshop.scenarios.conversation import Advance, Disconnect, Send
from snippets.workshop.scenarios.demo_site import DemoSite

NO_ACT = "an act sends at least one byte, waits at most 86400 seconds, or hangs up"
NO_LIST = "a play has a list of acts, and at least one"


def acts(*wanted):
    return acts_of({"acts": list(wanted)})


def test_acts_are_what_they_say():
    assert acts(["send", "GET \xff\x00"], ["advance", 1], ["advance", 0.5], ["disconnect", True]) == [
        ("send", b"GET \xff\x00"),
        ("advance", 1),
        ("advance", 0.5),
        ("disconnect", True),
    ]
    assert acts(["disconnect", False]) == [("disconnect", False)]
    assert acts(["advance", MOST_SECONDS]) == [("advance", 86_400)]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([["send", "x"]], NO_LIST),
        ("acts", NO_LIST),
        ({}, NO_LIST),
        ({"acts": []}, NO_LIST),
        ({"acts": {}}, NO_LIST),
        ({"acts": "send"}, NO_LIST),
        ({"acts": [["send", ""]]}, NO_ACT),
        ({"acts": [["advance", True]]}, NO_ACT),
        ({"acts": [["advance", 0]]}, NO_ACT),
        ({"acts": [["advance", -0.5]]}, NO_ACT),
        ({"acts": [["advance", float("nan")]]}, NO_ACT),
        ({"acts": [["advance", 86_400.1]]}, NO_ACT),
        ({"acts": [["advance", "1"]]}, NO_ACT),
        ({"acts": [["disconnect", 0]]}, NO_ACT),
        ({"acts": [["disconnect", None]]}, NO_ACT),
        ({"acts": [["Send", "x"]]}, NO_ACT),
        ({"acts": [["send", "x"], ["send", "\u0100"]]}, "each character of what is sent is one byte, 0 to 255"),
        (
            {"acts": [["disconnect", True], ["disconnect", True]]},
            "after the client has hung up it can do nothing more",
        ),
    ],
)
def test_what_is_none_is_refused_in_these_words(wanted, said):
    with pytest.raises(LensError) as refused:
        acts_of(wanted)
    assert str(refused.value) == said


def test_how_much_a_play_may_have():
    assert len(acts(*[["advance", 1]] * MOST_ACTS)) == MOST_ACTS
    with pytest.raises(LensError, match=r"^a play has at most 1000 acts, and this has 1001$"):
        acts(*[["advance", 1]] * (MOST_ACTS + 1))
    half = ["send", "x" * (MOST_BYTES // 2)]
    assert sum(len(sent) for _, sent in acts(half, half)) == MOST_BYTES
    with pytest.raises(LensError, match=r"^a play sends at most 65536 bytes, and this has 65537$"):
        acts(half, ["advance", 5], half, ["send", "x"])


def test_the_longest_json_of_a_play_is_kept_whole():
    """Bytes that take the most characters, and pauses that take the most digits."""
    pauses = [["advance", 86399.99999999999]] * (MOST_ACTS - 1)
    longest = json.dumps({"acts": [["send", "\x00" * MOST_BYTES], *pauses]})
    assert len(longest) <= MOST_CHARACTERS
    assert len(acts_of(json.loads(longest))) == MOST_ACTS


def test_the_readme_states_each_limit():
    text = re.sub(r"\s+", " ", Path(plays.__file__).with_name("README.md").read_text("utf-8"))
    bounds = (
        f"A play has at most {MOST_BYTES:,} bytes, {MOST_ACTS:,} acts, {MOST_STEPS:,} steps, "
        f"{children.SECONDS:.0f} seconds, {MOST_MEMORY >> 30} GiB of addresses and {MOST_ANSWER >> 20} MiB of answer"
    )
    assert bounds in text
    assert f"{MOST_CHARACTERS:,} bytes that the JSON of a play may have" in text
    assert f"{children.MOST_WAITING} plays may wait" in text
    assert f"it has {children.START_SECONDS:.0f} to become ready" in text
    assert f"at most {live.MOST_WATCHERS} watchers" in text


GET = [("send", b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")]


def mine():
    root = Resource()
    root.putChild(b"hello", Data(b"mine", "text/plain"))
    return root


def test_a_film_is_of_the_site_that_is_named_and_else_of_the_books():
    own = played(GET, mine)["film"]["bytes"]["response"]
    assert own.endswith("\r\n\r\nmine")
    assert played(GET)["film"]["bytes"]["response"].encode("latin-1") == Wire(DemoSite()).send(GET[0][1])


def test_texts_are_those_of_the_films_functions_whatever_was_played_before():
    short = played([("send", b"x\r\n\r\n")])
    long = played(GET)
    for each in (short, long, played(GET)):
        assert [text["name"] for text in each["texts"]] == each["film"]["listings"]
    assert played(GET) == long
    assert played([("send", b"x\r\n\r\n")]) == short


def test_links_of_the_notes_lead_to_pages():
    shown = json.dumps(played(GET)["texts"])
    assert ".ipynb" not in shown
    assert re.search(r'href=\\"tests/\w+\.html#L-\d', shown)
    assert "../tests" not in shown


def test_a_film_is_as_long_as_it_may_be_and_no_longer():
    (film,) = [played([("send", GET[0][1] * 60)])["film"]]
    assert (len(film["kinds"]), film["stopped"]) == (20_000, True)


def test_an_answer_that_is_too_long_to_be_sent_is_none(monkeypatch):
    body = json.dumps({"acts": [["send", GET[0][1].decode()]]}).encode()
    size = len(answer(body))
    monkeypatch.setattr("snippets.edition.child.MOST_ANSWER", size + 1)
    assert len(answer(body)) == size
    monkeypatch.setattr("snippets.edition.child.MOST_ANSWER", size)
    assert json.loads(answer(body)) == {"error": "what this play shows is more than can be sent: have less answered"}


def test_presets_are_scenarios_told_by_what_a_client_does():
    told = json.loads(presets())
    assert [each["name"] for each in told] == list(PRESETS)
    for each in told:
        assert set(each) == {"name", "about", "acts"}
        assert each["about"] == scenario(each["name"]).about
        done = []
        for step in scenario(each["name"]).steps:
            match step:
                case Send(data, size):
                    done += [("send", piece) for piece in pieces(data, size)]
                case Advance(seconds):
                    done.append(("advance", seconds))
                case Disconnect(reset):
                    done.append(("disconnect", reset))
                case _:
                    raise AssertionError(f"{step} is nothing that a client does")
        assert acts_of(each) == done
    assert {act[0] for each in told for act in each["acts"]} == {"send", "advance", "disconnect"}
