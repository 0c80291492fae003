"""What a visitor may have played, and what becomes of a play whose process hangs, dies, floods or is not waited for."""

import json
import os
import signal
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.edition.child import MOST_MEMORY, answer
from snippets.edition.plays import MOST_ACTS, MOST_BYTES, MOST_SECONDS, MOST_STEPS, acts_of, played
from snippets.lens.errors import LensError
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.demo_site import DemoSite
from tests.serving import HELLO, code_of, play_request, serving

pytestmark = pytest.mark.once

# A process that does as it is told: hang, die, flood, say two lines, or echo the line with its own number.
OBEYS = """
import os, sys
os.write(1, b"ready\\n")
for line in sys.stdin:
    said = line.strip()
    if said == "hang": import time; time.sleep(1000)
    if said == "die": os._exit(1)
    if said == "flood":
        while True: os.write(1, b"x" * 65536)
    if said == "two": os.write(1, b"one\\ntwo\\n"); continue
    if said == "late": os.write(1, b"one\\n"); import time; time.sleep(0.05); os.write(1, b"two\\n"); continue
    os.write(2, b"noise\\n" * 10000)
    os.write(1, f"{os.getpid()} {said}\\n".encode())
"""

# The process of the server, but for what a play takes: of memory as many MiB as its first act has seconds, at once, or,
# if it hangs up, one after another. Nobody writes to it, so that the machine needn't have it.
GREEDY = """
import sys
from snippets.edition import child
real = child.played
def played(acts):
    if acts[0][0] == "advance":
        size = int(acts[0][1])
        kept = [bytearray(1 << 20) for _ in range(size)] if acts[-1][0] == "disconnect" else bytearray(size << 20)
    return real([act for act in acts if act[0] == "send"])
child.played = played
child.main()
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "index.html").write_text("a page")
    return folder


@pytest.fixture(scope="module")
def server(pages):
    with serving(pages) as one:
        yield one


@pytest.fixture(scope="module")
def obeying(pages):
    with serving(pages, command=["-c", OBEYS], seconds=1, most=5) as one:
        yield one


def test_a_play_is_what_a_wire_does(server):
    film = server.play().json["film"]
    assert film["bytes"]["response"].encode("latin-1").partition(b"\r\n\r\n")[2] == b"Hello!\n"
    assert len(film["bytes"]["response"]) == len(Wire(DemoSite()).send(HELLO[0][1].encode()))
    acts = [["send", "GET /later HTTP/1.1\r\n"], ["send", "\r\n"], ["advance", 90], ["disconnect", True]]
    done = server.play(acts).json["film"]["bytes"]["acts"]
    assert [act[0] for act in done] == ["send", "send", "advance", "disconnect"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "that is not JSON"),
        (b"{", "that is not JSON"),
        (b"\xff\xfe{\x00}\x00", "that is not JSON"),
        (b"\xff", "that is not JSON"),
        (b"\xef\xbb\xbf{}", "that is not JSON"),
        (b"[" * 200_000, "that is not JSON"),
        (b'{"acts":' * 50_000, "that is not JSON"),
        (b'{"acts": [["advance", ' + b"9" * 5000 + b"]]}", "that is not JSON"),
        (b"[]", "a play has a list of acts"),
        (b"null", "a play has a list of acts"),
        (b'"acts"', "a play has a list of acts"),
        (b'{"acts": []}', "a play has a list of acts"),
        (b'{"acts": {"send": "x"}}', "a play has a list of acts"),
        (b'{"acts": ["send"]}', "an act sends at least one byte"),
        (b'{"acts": [["send", ""]]}', "an act sends at least one byte"),
        (b'{"acts": [["send", "x", 1]]}', "an act sends at least one byte"),
        (b'{"acts": [["send", ["x"]]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", NaN]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", Infinity]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", 1e999]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", 0]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", 1]]}', "nothing of what was to be followed has run, so there is no step to show"),
        (b'{"acts": [["advance", true]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", -1]]}', "an act sends at least one byte"),
        (b'{"acts": [["advance", %d]]}' % (MOST_SECONDS + 1), "waits at most 86400 seconds"),
        (b'{"acts": [["disconnect"]]}', "an act sends at least one byte"),
        (b'{"acts": [["disconnect", 1]]}', "an act sends at least one byte"),
        (b'{"acts": [["exec", "import os"]]}', "an act sends at least one byte"),
        (b'{"acts": [["disconnect", true], ["send", "x"]]}', "after the client has hung up"),
        (b'{"acts": [["send", "\\ud800"]]}', "each character of what is sent is one byte"),
        ('{"acts": [["send", "\u20ac"]]}'.encode(), "each character of what is sent is one byte"),
        (json.dumps({"acts": [["send", "x" * (MOST_BYTES + 1)]]}).encode(), "a play sends at most 65536 bytes"),
        (json.dumps({"acts": [["send", "x"]] * (MOST_ACTS + 1)}).encode(), "a play has at most 1000 acts"),
    ],
)
def test_what_is_no_play_is_refused_in_a_line(server, body, said):
    refused = server.play(body)
    assert refused.code == 400
    assert said in refused.error
    assert len(refused.error) < 120


def test_what_is_refused_costs_nobody_the_process(server):
    before = server.children()
    for body in (b"\xff", b"[" * 100_000, b"{}"):
        assert server.play(body).code == 400
    assert len(before) == 1
    assert server.children() == before


def test_the_most_that_may_be_sent_is_sent():
    assert acts_of({"acts": [["send", "x" * MOST_BYTES]]}) == [("send", b"x" * MOST_BYTES)]
    assert len(acts_of({"acts": [["send", "\x00"]] * MOST_ACTS})) == MOST_ACTS


def test_line_ends_in_the_json_are_only_between_its_words(server):
    body = json.dumps({"acts": HELLO}, indent=1).replace("\n", "\r\n").encode()
    assert server.play(body).json == server.play().json


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", b"\xff", "x/y; application/json"]
)
def test_a_form_cannot_have_anything_played(server, kind):
    assert server.play(content_type=kind).code == 415
    assert server.play(content_type="Application/JSON; charset=utf-8").code == 200


def test_steps_are_limited():
    made = played([("send", b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" * 60)])["film"]
    assert len(made["kinds"]) == MOST_STEPS
    assert made["stopped"]


SCRIPT = "<script>alert(1)</script>"


def test_an_answer_is_never_taken_for_a_page(server):
    acts = [["send", f"POST /{SCRIPT} HTTP/1.1\r\nX-{SCRIPT}: {SCRIPT}\r\nContent-Length: 25\r\n\r\n{SCRIPT}"]]
    shown = server.play(acts)
    assert (shown.code, shown.headers["content-type"]) == (200, "application/json")
    assert shown.headers["x-content-type-options"] == "nosniff"


junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
act = st.tuples(st.sampled_from(["send", "advance", "disconnect", ""]), junk).map(list) | junk


@given(st.fixed_dictionaries({"acts": st.lists(act, max_size=4) | junk}) | junk)
def test_whatever_json_it_is_it_is_acts_or_refused_in_a_line(wanted):
    said = ""
    try:
        acts = acts_of(wanted)
    except LensError as error:
        said = str(error)
    if said:
        assert len(said) < 120
    else:
        assert 0 < len(acts) <= MOST_ACTS
        assert sum(len(each[1]) for each in acts if each[0] == "send") <= MOST_BYTES


@given(st.binary(max_size=60))
def test_whatever_bytes_it_is_given_the_process_answers_with_a_line(line):
    said = answer(line)
    assert b"\n" not in said
    assert json.loads(said)["error"]


class TestTheProcess:
    """What a process may do that it should not; this one does as it is told."""

    def told(self, obeying, *lines):
        """The answers to lines that are sent on a connection each, one after another."""
        connections = [obeying.send(play_request(obeying.port, line)) for line in lines]
        answers = []
        for connection in connections:
            with connection, connection.makefile("rb") as file:
                answers.append(file.read())
        return answers

    def test_one_that_hangs_is_ended_and_another_one_goes_on(self, obeying):
        first = int(obeying.play(b"a").body.split()[0])
        hung, after, last = self.told(obeying, b"hang", b"b", b"c")
        assert code_of(hung) == 503
        assert b'{"error": "this took too long, and was stopped"}' in hung
        assert [each.split()[-1] for each in (after, last)] == [b"b", b"c"]
        second = int(last.split()[-2])
        assert second != first
        assert obeying.children() == [second]

    @pytest.mark.parametrize("how", [b"die", b"flood", b"two"])
    def test_one_that_does_not_answer_as_it_should_costs_nobody_else_an_answer(self, obeying, how):
        bad, after, last = self.told(obeying, how, b"b", b"c")
        assert code_of(bad) == 503
        assert b"what plays has ended, and begins anew: try again" in bad
        assert [code_of(each) for each in (after, last)] == [200, 200]
        assert [each.split()[-1] for each in (after, last)] == [b"b", b"c"]
        assert len(obeying.children()) == 1

    def test_a_line_that_nobody_asked_for_is_nobodys_answer(self, obeying):
        assert obeying.play(b"late").body == b"one"
        while obeying.children():  # until it says the other one, and is ended for it
            assert obeying.ask().code == 200
        assert obeying.play(b"mine").body.endswith(b" mine")

    def test_one_that_is_killed_is_replaced(self, obeying):
        first = int(obeying.play(b"a").body.split()[0])
        hanging = obeying.send(play_request(obeying.port, b"hang"))
        waiting = obeying.send(play_request(obeying.port, b"b"))
        os.kill(first, signal.SIGKILL)
        with hanging, waiting:
            assert code_of(hanging.makefile("rb").read()) in (200, 503)
            said = waiting.makefile("rb").read()
        assert (code_of(said), said.split()[-1]) == (200, b"b")

    def test_one_that_is_killed_while_it_waits_is_replaced(self, obeying):
        first = int(obeying.play(b"a").body.split()[0])
        os.kill(first, signal.SIGKILL)
        codes = [obeying.play(b"b").code for _ in range(3)]
        assert codes[1:] == [200, 200]

    def test_answers_are_those_to_their_own_plays(self, obeying):
        lines = [b"%d" % number for number in range(5)]
        assert [each.split()[-1] for each in self.told(obeying, *lines)] == lines

    def test_more_than_may_wait_are_told_so(self, obeying):
        assert obeying.play(b"a").code == 200  # by now the process does not have to begin first
        with obeying.send(play_request(obeying.port, b"hang")):
            codes = [code_of(each) for each in self.told(obeying, *[b"x"] * 7)]
        assert codes.count(503) >= 1
        assert codes.count(200) >= 5
        assert obeying.play(b"a").code == 200

    def test_what_nobody_waits_for_any_more_is_not_played(self, obeying):
        with obeying.send(play_request(obeying.port, b"hang")):
            for _ in range(5):
                obeying.send(play_request(obeying.port, b"hang")).close()
            assert obeying.ask().body == b"a page"  # by now the server knows that they have gone
            assert obeying.play(b"mine").body.endswith(b" mine")

    def test_pages_are_served_while_one_hangs(self, obeying):
        with obeying.send(play_request(obeying.port, b"hang")) as hanging:
            assert obeying.ask().body == b"a page"
            hanging.setblocking(False)
            with pytest.raises(BlockingIOError):
                hanging.recv(1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory may not be limited")
def test_a_play_that_takes_too_much_memory_is_told_so_and_costs_nobody_the_process(pages):
    with serving(pages, command=["-c", GREEDY]) as greedy:
        hello = greedy.play()
        process = greedy.children()
        for end in ([], [["disconnect", True]]):
            much = greedy.play([["advance", MOST_MEMORY >> 20], *HELLO, *end])
            assert (much.code, much.error) == (400, "this play needs more memory than it may have")
            assert greedy.play([["advance", 100], *HELLO, *end]).json == hello.json
        assert greedy.children() == process


def test_a_process_that_ends_at_once_is_not_started_for_ever(pages):
    with serving(pages, command=["-c", ""]) as server:
        assert [server.play().code for _ in range(3)] == [503] * 3
        assert server.ask().code == 200


@pytest.mark.parametrize("busy", [False, True])
def test_ctrl_c_ends_the_process_too(pages, busy):
    with serving(pages, command=["-c", OBEYS]) as server:
        pid = int(server.play(b"a").body.split()[0])
        hanging = server.send(play_request(server.port, b"hang")) if busy else None
        ended = server.program.interrupt()
        assert (ended.code, ended.err) == (0, "")
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        if hanging:
            hanging.close()
