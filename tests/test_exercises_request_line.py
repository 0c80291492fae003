"""The solution of the exercise `request_line` says what Twisted says, of any line."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.web.http import _parseRequestLine

from snippets.practice.shelf import exercise

FOLDER = exercise("request_line")


def solved(line):
    names = {}
    exec(FOLDER.solution, names)
    return names["request_line"](line)


def parsed(line):
    """What Twisted makes of a line: its three parts, or None for a ValueError."""
    try:
        return _parseRequestLine(line)
    except ValueError:
        return None


PARTS = [
    st.one_of(st.binary(max_size=4), st.from_regex(rb"[A-Z0-9!-~]{1,6}", fullmatch=True)),
    st.one_of(st.binary(max_size=6), st.from_regex(rb"/[!-\xb1]*", fullmatch=True)),
    st.one_of(st.binary(max_size=9), st.sampled_from([b"HTTP/1.0", b"HTTP/1.1", b"HTTP/1.2", b"http/1.1"])),
]


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=30), st.tuples(*PARTS).map(b" ".join)))
@example(b"GET / HTTP/1.1\n")
def test_the_solution_agrees_with_twisted(line):
    assert solved(line) == parsed(line)


def test_each_single_byte_is_judged_as_by_twisted():
    for byte in range(256):
        for line in (b"G%cT / HTTP/1.1", b"GET /%c HTTP/1.1", b"GET / HTTP/1.1%c"):
            assert solved(line % byte) == parsed(line % byte), (line, byte)


def test_the_lines_that_are_drawn_are_taken_and_refused():
    drawn = [talk for seed in range(20) for talk in FOLDER.talks(seed) if "Whatever" in talk.teaches]
    answers = [parsed(args[0]) for talk in drawn for _, _, args in talk.steps]
    assert 0.1 < sum(answer is not None for answer in answers) / len(answers) < 0.9


def test_the_conversations_hold_no_line_twice():
    lines = [args[0] for talk in FOLDER.talks(0)[:-3] for _, _, args in talk.steps]
    assert len(set(lines)) == len(lines)
