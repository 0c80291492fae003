"""A film is the same everywhere, small, has no line of Twisted, and tells a player which step moved each byte."""

import gzip
import hashlib
import json
import re
from itertools import accumulate

import pytest
import twisted
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.film import FUNCTIONS, WATCH, film, play_film, texts
from snippets.lens.release import PINNED
from snippets.lens.source import find
from snippets.lens.steps import steps
from tests import stepped_programs as programs
from tests.played import BODY, CHUNKS, FORM_STATES, GET, LATER, pairs, site, stacks, states, where
from tests.test_lens_readme import README

MORE = [*FUNCTIONS, *FORM_STATES, "HTTPChannel.rawDataReceived", "HTTPChannel._finishRequestBody"]


def text(made: dict) -> str:
    return json.dumps(made, separators=(",", ":"))


@pytest.fixture(scope="module")
def hello():
    return play_film(GET, site(), 16)


def test_the_small_one_in_the_readme_is_what_is_made():
    with steps([f"{programs.__name__}:half"]) as run:
        programs.half(4)
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    said = json.loads(example.replace("shop:half", f"{programs.__name__}:half"))
    assert film(run) == said | {"twisted": twisted.__version__}


def test_a_generator_an_exception_and_a_function_inside():
    with steps([f"{programs.__name__}:{name}" for name in ("tries", "has_inside")]) as run:
        running = programs.tries()
        next(running)
        running.throw(ValueError)
        running.close()
        programs.has_inside(1)
    made = film(run)
    assert made["kinds"] == "cllygllyglxcllclrclrr"
    assert [made["values"][value] for value in made["results"]["value"]] == [
        *("1", "ValueError", "2", "GeneratorExit", "GeneratorExit", "2", "1", "3")
    ]
    assert made["functions"][2] == [f"{programs.__name__}:has_inside.<locals>.inner", 1, 1]
    assert stacks(made)[15] == ["has_inside", "has_inside.<locals>.inner"]
    assert texts(made)[1]["lines"][where(made, 15)[1]] == "        return number + more"


def test_a_generator_that_goes_on_is_told_no_exception():
    with steps([f"{programs.__name__}:counts"]) as run:
        assert list(programs.counts(1)) == [0]
    made = film(run)
    assert made["kinds"] == "cllygllr"
    assert [made["kinds"][step] for step in accumulate(made["results"]["step"])] == ["y", "r"]


def test_with_nothing_recorded_it_is_empty():
    with steps(["HTTPChannel.lineReceived"]) as run:
        pass
    made = film(run)
    assert (made["kinds"], made["changes"]["step"], made["results"]) == ("", [], {"step": [], "value": []})


@pytest.mark.skipif(twisted.__version__ != PINNED, reason="with another Twisted other lines run")
@pytest.mark.parametrize(
    ("data", "size", "digest"),
    [(GET, None, "GET"), (GET, 16, "GET16"), (CHUNKS, 9, "CHUNKS9"), (LATER + GET, 7, "LATER7")],
)
def test_it_is_the_same_on_every_python(data, size, digest):
    """To the byte. If the format, or Twisted, is another one now, these are the digests to renew."""
    made = play_film([("send", data, size), ("advance", 5)], site(), functions=MORE)
    assert hashlib.sha256(text(made).encode()).hexdigest()[:16] == DIGESTS[digest]


DIGESTS = {
    "GET": "c7c6ef52200065be",
    "GET16": "956e948d0a891786",
    "CHUNKS9": "95259f0d0de74553",
    "LATER7": "25c5f89b64e6a8ce",
}


@pytest.mark.parametrize("size", [None, 16, 1])
def test_one_get_is_at_most_4_kilobytes(size):
    assert len(gzip.compress(text(play_film(GET, site(), size)).encode(), 9)) <= 4096


def test_it_has_no_line_of_twisted(hello):
    lines = {line.strip() for name in hello["listings"] for line in find(name).lines.values()}
    kept = text(hello)
    assert [line for line in lines if len(line) > 16 and line in kept] == []


def test_the_stack_and_the_values_at_a_step(hello):
    step = hello["kinds"].index("c", hello["bytes"]["consumed"]["step"][0])
    assert stacks(hello)[step][-2:] == ["LineReceiver.dataReceived", "HTTPChannel.lineReceived"]
    state = states(hello)[step]
    call = sum(hello["call"][: step + 1])
    assert state[call, "line"] == "b'GET /hello HTTP/1.1'"
    assert state["HTTPChannel#1", "_buffer"] == "b'Host: x\\r\\n\\r\\n'"
    assert state["HTTPChannel#1", "__first_line"] == "1"
    last = states(hello)[-1]
    assert (last["Request#1", "finished"], last["HTTPChannel#1", "requests"]) == ("1", "[]")
    assert hello["title"] == "GET /hello HTTP/1.1"


def took(made: dict, place: int) -> tuple[str, str]:
    """The function and the line, as it reads, that took a byte, by the rule of the format."""
    step = next(step for step, count in pairs(made["bytes"]["taken"]) if count > place)
    function, line = where(made, step)
    listing = next(each for each in texts(made) if each["short"] == function)
    return function, listing["lines"][line].strip()


SPLIT = ("LineReceiver.dataReceived", "line, self._buffer = self._buffer.split(self.delimiter, 1)")
RAW = ("LineReceiver.dataReceived", 'self._buffer = b""')


class TestBytes:
    def test_a_get(self, hello):
        seen = hello["bytes"]
        assert seen["request"].encode("latin-1") == GET
        assert (seen["cuts"], seen["acts"]) == ([16], [["send", 0, 0, 32]])
        assert seen["response"].startswith("HTTP/1.1 200 OK\r\n")
        assert [count for _, count in pairs(seen["arrived"])] == [16, 32]
        assert [count for _, count in pairs(seen["consumed"])] == [21, 30, 32]
        assert [count for _, count in pairs(seen["sent"])] == [len(seen["response"])]
        assert {took(hello, place) for place in range(32)} == {SPLIT}
        moved = {step for name in ("arrived", "consumed", "sent") for step, _ in pairs(seen[name])}
        assert "l" not in {hello["kinds"][step] for step in moved}

    def test_a_byte_has_arrived_before_it_is_taken(self, hello):
        """All that has arrived looks consumed before it is in the buffer."""
        step = pairs(hello["bytes"]["arrived"])[1][0]
        assert where(hello, step)[0] == "Connection._dataReceived"
        assert all(taken > step for taken, _ in pairs(hello["bytes"]["taken"]))

    def test_a_body(self):
        made = play_film(BODY, site(), functions=MORE)
        assert took(made, len(BODY) - 10) == RAW
        assert pairs(made["bytes"]["consumed"])[-1][1] == len(BODY)

    def test_a_chunked_body_is_taken_state_by_state(self):
        made = play_film(CHUNKS, site(), functions=MORE)
        start = CHUNKS.index(b"5\r\n")
        functions = [took(made, place)[0].rpartition("_dataReceived_")[2] for place in range(start, len(CHUNKS))]
        assert functions == [
            *["CHUNK_LENGTH"] * 3,
            *["BODY"] * 5,
            *["CRLF"] * 2,
            *["CHUNK_LENGTH"] * 7,
            *["BODY"] * 3,
            *["CRLF"] * 2,
            *["CHUNK_LENGTH"] * 3,
            *["TRAILER"] * 2,
        ]

    @pytest.mark.parametrize("size", [None, 1, 7])
    def test_pipelined_requests_are_not_consumed_while_they_are_kept_back(self, size):
        made = play_film([("send", LATER + GET + GET, size), ("advance", 5)], site(), functions=MORE)
        seen = made["bytes"]
        (_, begun, _, end), (_, later, seconds) = seen["acts"]
        assert (begun, end, seconds) == (0, 96, 5)
        assert max(count for step, count in pairs(seen["consumed"]) if step < later) == len(LATER)
        assert pairs(seen["consumed"])[-1][1] == 96
        assert pairs(seen["sent"])[0][0] >= later
        assert took(made, 40) == SPLIT

    def test_a_connection_that_is_lost(self):
        made = play_film([("send", LATER + GET[:9]), ("disconnect",), ("advance", 9)], site())
        assert [act[0] for act in made["bytes"]["acts"]] == ["send", "disconnect", "advance"]
        assert (made["bytes"]["response"], made["bytes"]["sent"]["count"]) == ("", [])
        assert made["bytes"]["consumed"]["count"][-1] == len(LATER)
        assert made["bytes"]["acts"][1][2] is False
        assert play_film([("send", GET[:9]), ("disconnect", True)], site())["bytes"]["acts"][1][2] is True

    def test_what_comes_after_the_server_has_closed_does_not_arrive(self):
        made = play_film(b"BAD\r\nmore bytes\r\n", site(), 8)
        assert made["bytes"]["response"].startswith("HTTP/1.1 400")
        assert len(made["bytes"]["request"]) == 17
        assert made["bytes"]["arrived"]["count"] == [8]
        assert made["bytes"]["consumed"]["count"] == [5]

    def test_a_page_that_fails(self):
        made = play_film(b"GET /bad HTTP/1.1\r\nHost: x\r\n\r\n", site())
        raised = [where(made, step)[0] for step, kind in enumerate(made["kinds"]) if kind == "x"]
        assert raised[:2] == ["Resource.render", "Request.render"]
        assert "KeyError: 'bad'" in made["values"]
        assert made["bytes"]["response"].startswith("HTTP/1.1 500")


SENDS = st.sampled_from(
    [GET, LATER, BODY, CHUNKS, b"\r\n", b"BAD\r\n\r\n", GET.replace(b"Host", b"Connection: close\r\nHost")]
)
ACTS = st.one_of(
    st.tuples(st.just("send"), SENDS, st.one_of(st.none(), st.integers(1, 40))),
    st.tuples(st.just("advance"), st.sampled_from([0, 1, 5])),
    st.tuples(st.just("disconnect"), st.booleans()),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, max_size=5), st.sampled_from([FUNCTIONS, MORE, ["HTTPChannel.lineReceived"]]))
def test_the_counters_of_any_conversation(acts, functions):
    made = play_film(acts, site(), functions=functions)
    seen = made["bytes"]
    for name, most in (("arrived", seen["request"]), ("consumed", seen["request"]), ("sent", seen["response"])):
        steps_, counts = zip(*pairs(seen[name]), strict=True) if seen[name]["count"] else ((), ())
        assert list(counts) == sorted(set(counts))
        assert list(steps_) == sorted(set(steps_))
        assert all(0 < count <= len(most) for count in counts)
        assert all(made["kinds"][step] != "l" for step in steps_)
    arrived, consumed = dict(pairs(seen["arrived"])), dict(pairs(seen["consumed"]))
    here = taken = 0
    for step in range(len(made["kinds"])):
        here, taken = arrived.get(step, here), consumed.get(step, taken)
        assert taken <= here
    assert len(stacks(made)) == len(states(made)) == len(made["kinds"])
    assert json.loads(text(made)) == made


class TestActs:
    @pytest.mark.parametrize(
        "acts",
        [
            [("send",)],
            [("send", b"x", 1, 2)],
            [("send", "text")],
            [("send", b"x", 0)],
            [("send", b"x", "1")],
            [("advance", -1)],
            [("advance", "5")],
            [("advance", float("nan"))],
            [("advance",)],
            [("disconnect", 1)],
            [("hang up",)],
            ["send"],
            [None],
            "GET / HTTP/1.1\r\n\r\n",
            5,
        ],
        ids=str,
    )
    def test_what_no_client_does_is_refused_before_anything_is_done(self, acts):
        asked = []  # not a failure in there, which Twisted would catch

        class Never(Resource):
            def getChildWithDefault(self, path, request):
                asked.append(path)
                return self

        before = [("send", GET)] if isinstance(acts, list) else []
        with pytest.raises(LensError) as refusal:
            play_film(before + acts if before else acts, Never())
        assert "\n" not in str(refusal.value)
        assert asked == []

    def test_no_acts_are_a_film_of_nothing(self):
        made = play_film([], site())
        assert (made["kinds"], made["bytes"]["request"], made["title"]) == ("", "", "")

    def test_what_a_wire_takes(self):
        made = play_film([("send", GET)], site(), timeout=3, watch={}, title="mine", limit=40)
        assert (made["title"], made["stopped"], len(made["kinds"]), made["objects"]) == ("mine", True, 40, [])
        assert made["bytes"]["response"].endswith("Hello\n")


class TestTexts:
    def test_they_are_the_listings_with_their_notes(self, hello):
        read = texts(hello)
        assert [each["name"] for each in read] == hello["listings"]
        line = next(each for each in read if each["short"] == "LineReceiver.dataReceived")
        assert (line["file"], line["lane"]) == ("twisted/protocols/basic.py", "channel")
        assert line["first"] == find("LineReceiver.dataReceived").first
        assert line["lines"][0] == "def dataReceived(self, data):"
        assert line["purpose"].startswith("<p>")
        assert line["folds"] == [[1, 6]]
        assert len(line["lines"]) == len(line["statements"])
        assert line["statements"][:7] == [None] * 6 + [6]
        assert all(line["lines"][number].strip() for number, _ in line["notes"])
        assert json.loads(text(read)) == read

    def test_a_statement_over_several_lines(self):
        read = texts({"twisted": twisted.__version__, "listings": ["FileDescriptor.doWrite"]})[0]
        assert any(statement not in (None, number) for number, statement in enumerate(read["statements"]))

    def test_every_step_stands_on_a_statement(self, hello):
        read = texts(hello)
        calls = [hello["functions"][function] for function in hello["calls"]]
        for kind, call, line in zip(hello["kinds"], accumulate(hello["call"]), hello["line"], strict=True):
            _, listing, first = calls[call]
            assert line == (first if kind == "c" else read[listing]["statements"][line])

    def test_what_has_no_listing_says_why(self):
        class Page(Resource):
            isLeaf = True

            def render_GET(self, request):
                return b"page"

            def render(self, request):
                return super().render(request)

        made = play_film(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", Page())
        missing = [each for each in texts(made) if "missing" in each]
        assert [each["short"].rpartition(".")[2] for each in missing] == ["render"]
        assert "\n" not in missing[0]["missing"]

    def test_a_film_of_another_twisted_is_refused(self, hello):
        with pytest.raises(LensError, match=r"of Twisted 1\.0\.0, and"):
            texts(hello | {"twisted": "1.0.0"})


def test_what_is_looked_at_is_there():
    assert sum(map(len, WATCH.values())) == 25
