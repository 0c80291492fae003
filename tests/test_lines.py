"""Line counts are right, and the same on every supported Python: every line of the programs says how often it runs."""

import asyncio
import importlib
import inspect
import re
import sys
from types import FunctionType

import pytest
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.interfaces import IProtocol
from twisted.python.components import proxyForInterface
from twisted.web import http

from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, lines, nested_code, statement_lines
from snippets.lens.names import locate
from snippets.lens.source import reading
from snippets.lens.wire import Wire
from tests import counted_programs as programs
from tests.counted_pages import HERE, OtherPage, Page, counts

OWN = __name__


PROGRAM_NAMES = [
    name for name, value in vars(programs).items() if getattr(value, "__module__", None) == programs.__name__
]
PROGRAM_NAMES.remove("keep")
CALLED_WITHOUT_ARGUMENTS = (
    "branches",
    "loops",
    "forever",
    "one_line_loops",
    "long_statements",
    "text_at_the_margin",
    "cleans_up",
    "contexts",
    "comprehensions",
    "inner_functions",
    "propagates",
)


def run_all() -> None:
    """Call every program as often as its counts say."""
    for name in CALLED_WITHOUT_ARGUMENTS:
        getattr(programs, name)()
    assert (programs.leaves_by_finally(True), programs.leaves_by_finally(False)) == (1, 2)
    for value in (0, 1):
        with pytest.raises(KeyError):
            programs.raises_through_finally(value)
    assert [programs.raises_another_in_finally(early) for early in (True, False)] == [True, None]
    assert programs.recursion(5) == 5
    programs.recursion_twice(3)
    interleaved = programs.generator(2), programs.generator(1)
    assert [next(each) for each in interleaved] == [0, 0]
    assert [list(each) for each in interleaved] == [[1], []]
    assert list(programs.two_steps_in_one_statement()) == [1, 2]
    assert list(programs.delegating()) == [0, 1, -1]
    into = programs.thrown_into()
    next(into)
    assert into.throw(ValueError) == 2
    into.close()
    assert [programs.matching(value) for value in (1, [2, 3], 4)] == ["one", "pair", "other"]
    assert asyncio.run(programs.awaiting()) == [0, 1]
    with programs.decorated():
        pass


def said(function) -> dict[int, int]:
    """What the comments of a function say about its lines."""
    block, first = inspect.getsourcelines(function)
    found = {first + index: re.search(r"# (\d+)x", line) for index, line in enumerate(block)}
    return {line: int(count[1]) for line, count in found.items() if count}


@pytest.fixture(scope="module")
def counted() -> Lines:
    with lines(f"tests.counted_programs:{name}" for name in PROGRAM_NAMES) as run:
        run_all()
    return run


@pytest.mark.parametrize("name", PROGRAM_NAMES)
def test_every_line_runs_as_often_as_it_says(counted, name):
    expected = said(inspect.unwrap(getattr(programs, name)))
    assert expected, "the program says nothing about its lines"
    assert counted.of(f"tests.counted_programs:{name}") == expected


def test_the_tracer_of_older_pythons_agrees(monkeypatch):
    """On 3.12 and later `sys.settrace` is not used, but it still works there, and must say the same."""
    from snippets.lens import execution
    from snippets.lens import lines as module

    monkeypatch.setattr(module, "following", execution.traced)
    with lines(f"tests.counted_programs:{name}" for name in PROGRAM_NAMES) as run:
        run_all()
    for name in run.counts:
        function = getattr(programs, name.partition(":")[2])
        assert dict(sorted(run.counts[name].items())) == said(inspect.unwrap(function)), name


class Proxy(proxyForInterface(IProtocol)):
    pass


@inlineCallbacks
def in_two_steps(deferred):
    value = yield deferred
    return value


def test_methods_of_every_kind():
    names = [f"{HERE}:{name}" for name in ("Page.twice", "Page.twice.setter", "Page.static", "Page.of_class")]
    with lines(names) as run:
        page = Page()
        page.twice = 4
        assert page.twice == 4
        Page.static(page.of_class())
    assert [list(run.of(name).values()) for name in names] == [[1], [1], [1], [1]]


def test_what_stands_under_a_decorator():
    with lines([f"{OWN}:in_two_steps"]) as run:
        waited = Deferred()
        result = in_two_steps(waited)
        waited.callback(3)
    assert result.result == 3
    assert list(run.of(f"{OWN}:in_two_steps").values()) == [1, 1]


def test_two_names_for_one_function_have_its_counts_both():
    with lines([f"{HERE}:Page.render_GET", f"{HERE}:Page.render_HEAD"]) as run:
        Page().render_GET(None)
    assert counts(run, "Page.render_GET") == counts(run, "Page.render_HEAD") == [1, 1]


def test_functions_that_read_the_same_are_told_apart(tmp_path, monkeypatch):
    """Their code objects are equal, though not the same."""
    for name in ("one", "two"):
        (tmp_path / f"alike_{name}.py").write_text("def same():\n    return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    one, two = importlib.import_module("alike_one"), importlib.import_module("alike_two")
    assert one.same.__code__ == two.same.__code__
    with lines(["alike_one:same", "alike_two:same"]) as run:
        one.same()
        one.same()
        two.same()
    assert (run.of("alike_one:same"), run.of("alike_two:same")) == ({2: 2}, {2: 1})


def test_a_request_over_the_wire():
    names = ["HTTPChannel.lineReceived", "HTTPChannel.headerReceived", f"{HERE}:Page.render_GET"]
    with lines(names) as run:
        Wire(Page()).send(b"GET / HTTP/1.1\r\nHost: x\r\nAccept: y\r\n\r\n", size=1)
    first = next(iter(run.of("HTTPChannel.lineReceived").values()))
    assert first == 4
    assert max(run.of("HTTPChannel.headerReceived").values()) == 2
    assert counts(run, "Page.render_GET") == [1, 1]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["HTTPChannel.lineReceived", "HTTPChannel.lineRecieved"], "did you mean HTTPChannel.lineReceived"),
        (["Request.process"], "more than one module"),
        (["HTTPChannel"], "is a class"),
        (["HTTPChannel.lineReceived", f"{OWN}:Proxy.connectionMade"], "no lines of its own"),
        ("HTTPChannel.lineReceived", "names come in a list"),
    ],
    ids=["misspelt", "twice", "class", "proxy", "text"],
)
def test_what_has_no_lines_is_refused(names, said):
    with pytest.raises(LensError, match=said), lines(names):
        pytest.fail("a block was entered")


def test_a_function_made_at_run_time_has_no_lines(monkeypatch):
    namespace = {"__name__": OWN}
    exec(compile("def made():\n    return 1\n", "<made at run time>", "exec"), namespace)
    monkeypatch.setattr(sys.modules[OWN], "made", namespace["made"], raising=False)
    with pytest.raises(LensError, match="made has no source"), lines([f"{OWN}:made"]):
        pytest.fail("a block was entered")


def test_runs_can_be_added():
    names = [f"{HERE}:Page.render_GET"]
    with lines(names) as one:
        Page().render_GET(None)
    with lines([*names, f"{HERE}:OtherPage.render_GET"]) as two:
        Page().render_GET(None)
        OtherPage().render_GET(None)
    both = one + two
    assert counts(both, "Page.render_GET") == [2, 2]
    assert counts(both, "OtherPage.render_GET") == [1]
    assert counts(one, "Page.render_GET") == [1, 1], "adding changed what was added"
    assert (Lines() + one).counts == one.counts


def test_of_an_unknown_function_is_refused_and_of_one_that_did_not_run_is_empty():
    with lines(["HTTPChannel.lineReceived"]) as run:
        pass
    assert run.of("HTTPChannel.lineReceived") == {}
    assert run.of("HTTPChannel.headerReceived") == {}
    with pytest.raises(LensError, match="no function called"):
        run.of("HTTPChannel.linesReceived")
    assert repr(run) == "<Lines: nothing ran>"


def test_it_shows_how_many_lines_ran():
    with lines([f"{HERE}:Page.render_GET", f"{HERE}:OtherPage.render_GET"]) as run:
        Page().render_GET(None)
    assert repr(run) == "<Lines: Page.render_GET 2>"


def test_every_function_of_the_channel_can_be_counted():
    names = [
        f"twisted.web.http:{cls.__name__}.{attribute}"
        for cls in (http.HTTPChannel, http.Request, http.HTTPFactory)
        for attribute, value in vars(cls).items()
        if isinstance(value, FunctionType)
    ]
    with lines(names) as run:
        Wire(Page()).send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
    for name, found in run.counts.items():
        function = locate(name).function
        source, first = inspect.getsourcelines(function)
        assert set(found) <= set(range(first, first + len(source))), name
        assert set(statement_lines(function.__code__).values()) >= set(found), name


def test_comprehensions_are_no_code_of_their_own():
    def outer():
        return [lambda: None for _ in range(2)], (each for each in ())

    assert [code.co_name for code in nested_code(outer.__code__)] == ["outer", "<lambda>"]


def test_a_comment_before_a_body_belongs_to_no_statement():
    shown = {row.text.strip(): row.lit for row in reading("HTTPChannel.lineReceived", Lines()).rows}
    assert shown['elif line == b"":'] is False
    assert shown["# End of headers."] is None
    assert shown["# if this connection is not persistent, drop any data which"] is None
