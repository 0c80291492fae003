"""Line counts are right, and the same on every supported Python: each line below says how often it runs."""

import asyncio
import importlib
import inspect
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import FunctionType

import pytest
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.interfaces import IProtocol
from twisted.python.components import proxyForInterface
from twisted.web import http
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, lines, nested_code, statement_lines
from snippets.lens.names import locate
from snippets.lens.source import reading
from snippets.lens.trace import record
from snippets.lens.wire import Wire

HERE = __name__
ON_MONITORING = sys.version_info >= (3, 12)

# Written to a file, and not into this one, because a formatter would take one-line loops apart.
# "2x": the statement that begins on this line is visited twice. Lines without a count are not visited.
PROGRAMS = '''
import contextlib
import functools


def keep(function):
    return function


def branches():
    for value in (1, 2, 3):  # 4x
        if value == 1:  # 3x
            kind = "one"  # 1x
        elif value == 2:  # 2x
            kind = "two"  # 1x
        else:
            kind = "many"  # 1x
    if value == 5:  # 1x
        kind = "never"
    return kind  # 1x


def loops():
    count = 0  # 1x
    while count < 3:  # 4x
        count += 1  # 3x
    else:
        count = 0  # 1x
    for _ in range(5):  # 4x
        count += 1  # 4x
        if count == 2:  # 4x
            continue  # 1x
        if count == 4:  # 3x
            break  # 1x
    else:
        count = 9
    return count  # 1x


def forever():
    numbers = iter(range(3))  # 1x
    try:  # 1x
        while True:  # 4x
            next(numbers)  # 4x
    except StopIteration:  # 1x
        return None  # 1x


def one_line_loops():
    count = 0  # 1x
    while count < 3: count += 1  # 1x
    for _ in range(3): count += 1  # 1x
    if count: count = 0  # 1x
    return count  # 1x


def long_statements():
    value = dict(  # 1x
        a=1,
        b=[
            2,
            max(
                3, 4,
            ),
        ],
    )
    if (  # 1x
        value
        and len(
            value
        ) == 2
    ):
        value = (  # 1x
            """
one
  two
"""
        )
    return (  # 1x
        value
    )


def text_at_the_margin():
    """A docstring
that begins at the margin."""
    return (  # 1x
        """
x
"""
    )


def leaves_by_finally(early):
    try:  # 2x
        if early:  # 2x
            return 1  # 1x
        raise ValueError  # 1x
    except ValueError:  # 1x
        value = 2  # 1x
    else:
        value = 3
    finally:
        done = True  # 2x
    return value if done else None  # 1x


def cleans_up():
    for number in range(3):  # 4x
        try:  # 3x
            if number == 1:  # 3x
                raise KeyError  # 1x
        except KeyError as error:  # 1x
            last = error  # 1x
        finally:
            if number == 2:  # 3x
                last = None  # 1x
    return last  # 1x


def raises_through_finally(value):
    try:  # 2x
        raise KeyError  # 2x
    finally:
        if value:  # 2x
            value = 0  # 1x


def contexts():
    for number in range(2):  # 3x
        with contextlib.suppress(ValueError):  # 4x
            if number:  # 2x
                raise ValueError  # 1x
    with (  # 2x
        contextlib.nullcontext(),
        contextlib.nullcontext() as value,
    ):
        return value  # 1x


def comprehensions():
    squares = [number * number for number in range(4)]  # 1x
    odd = {  # 1x
        number
        for number in squares
        if number % 2
    }
    table = {a: [b for b in range(a)] for a in odd}  # 1x
    lazy = (number for number in squares)  # 1x
    return sum(lazy) + sum(  # 1x
        1
        for _ in table
    )


def inner_functions():
    def add(number):  # 1x
        total = number + 1  # 3x
        return total  # 3x

    @keep  # 1x
    @functools.lru_cache(
        maxsize=None,
    )
    def double(
        number,
    ):
        return number * 2  # 1x

    class Holder:  # 1x
        kind = "holder"  # 1x

        def get(self):  # 1x
            return self.kind  # 2x

    triple = lambda number: number * 3  # 3x
    Holder().get(), Holder().get()  # 1x
    return add(1) + add(2) + add(3) + double(1) + double(1) + triple(1) + triple(2)  # 1x


def recursion(depth):
    if depth == 0:  # 6x
        return 0  # 1x
    below = recursion(depth - 1)  # 5x
    return below + 1  # 5x


def recursion_twice(depth):
    if depth:  # 15x
        recursion_twice(depth - 1), recursion_twice(depth - 1)  # 7x


def generator(count):
    for number in range(count):  # 8x
        got = yield number  # 5x
        if got:  # 5x
            count = got


def two_steps_in_one_statement():
    pair = (  # 1x
        (yield 1),
        (yield 2),
    )
    return pair  # 1x


def delegating():
    yield from generator(2)  # 1x
    yield -1  # 1x


def thrown_into():
    try:  # 1x
        yield 1  # 1x
    except ValueError:  # 1x
        yield 2  # 1x
    finally:
        done = True  # 1x
    return done


def matching(value):
    match value:  # 3x
        case 1:  # 3x
            return "one"  # 1x
        case [first, _] if (  # 2x
            first
        ):
            return "pair"  # 1x
        case _:  # 1x
            return "other"  # 1x


def propagates():
    try:  # 1x
        raises()  # 1x
    except ZeroDivisionError:  # 1x
        return True  # 1x


def raises():
    for number in (1, 0):  # 2x
        1 / number  # 2x
    return number


async def awaiting():
    await sleeping()  # 1x
    async with manager() as value:  # 2x
        async for number in counting():  # 3x
            value += number  # 2x
    return [number async for number in counting()]  # 1x


async def sleeping():
    await asyncio.sleep(0)  # 1x


async def counting():
    for number in range(2):  # 6x
        await asyncio.sleep(0)  # 4x
        yield number  # 4x


@contextlib.asynccontextmanager
async def manager():
    yield 1  # 1x


@keep
@contextlib.contextmanager
def decorated():
    """Under two decorators."""
    yield 1  # 1x


import asyncio
'''


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


def run_all(programs) -> None:
    """Call every program as often as its counts say."""
    for name in CALLED_WITHOUT_ARGUMENTS:
        getattr(programs, name)()
    assert (programs.leaves_by_finally(True), programs.leaves_by_finally(False)) == (1, 2)
    for value in (0, 1):
        with pytest.raises(KeyError):
            programs.raises_through_finally(value)
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


def functions_of(module) -> list[str]:
    own = [name for name, value in vars(module).items() if isinstance(value, FunctionType)]
    return [name for name in own if getattr(module, name).__module__ == module.__name__]


def said(function) -> dict[int, int]:
    """What the comments of a function say about its lines."""
    block, first = inspect.getsourcelines(function)
    found = {first + index: re.search(r"# (\d+)x", line) for index, line in enumerate(block)}
    return {line: int(count[1]) for line, count in found.items() if count}


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    (folder / "counted_programs.py").write_text(PROGRAMS)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("counted_programs")
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("counted_programs", None)


@pytest.fixture(scope="module")
def counted(programs) -> Lines:
    with lines(f"counted_programs:{name}" for name in functions_of(programs)) as run:
        run_all(programs)
    return run


PROGRAM_NAMES = [name for name in re.findall(r"^(?:async )?def (\w+)", PROGRAMS, re.MULTILINE) if name != "keep"]


@pytest.mark.parametrize("name", PROGRAM_NAMES)
def test_every_line_runs_as_often_as_it_says(programs, counted, name):
    expected = said(inspect.unwrap(getattr(programs, name)))
    assert expected, "the program says nothing about its lines"
    assert counted.of(f"counted_programs:{name}") == expected


def test_the_tracer_of_older_pythons_agrees(programs, monkeypatch):
    """On 3.12 and later `sys.settrace` is not used, but it still works there, and must say the same."""
    from snippets.lens import lines as module

    monkeypatch.setattr(module, "_counting", module._traced)
    with lines(f"counted_programs:{name}" for name in PROGRAM_NAMES) as run:
        run_all(programs)
    for name in run.counts:
        function = getattr(programs, name.partition(":")[2])
        assert dict(sorted(run.counts[name].items())) == said(inspect.unwrap(function)), name


class Page(Resource):
    isLeaf = True

    def __init__(self):
        super().__init__()
        self.seen = 0

    def render_GET(self, request):
        self.seen += 1
        return b"page"

    render_HEAD = render_GET

    @property
    def twice(self):
        return self.seen * 2

    @twice.setter
    def twice(self, value):
        self.seen = value // 2

    @staticmethod
    def static(value):
        return value

    @classmethod
    def of_class(cls):
        return cls.__name__


class OtherPage(Resource):
    def render_GET(self, request):
        return b"other"


class Proxy(proxyForInterface(IProtocol)):
    pass


@inlineCallbacks
def in_two_steps(deferred):
    value = yield deferred
    return value


def counts(run: Lines, name: str) -> list[int]:
    return list(run.of(f"{HERE}:{name}").values())


def test_methods_of_every_kind():
    names = [f"{HERE}:{name}" for name in ("Page.twice", "Page.twice.setter", "Page.static", "Page.of_class")]
    with lines(names) as run:
        page = Page()
        page.twice = 4
        assert page.twice == 4
        Page.static(page.of_class())
    assert [list(run.of(name).values()) for name in names] == [[1], [1], [1], [1]]


def test_what_stands_under_a_decorator():
    with lines([f"{HERE}:in_two_steps"]) as run:
        waited = Deferred()
        result = in_two_steps(waited)
        waited.callback(3)
    assert result.result == 3
    assert counts(run, "in_two_steps") == [1, 1]


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


@pytest.mark.parametrize("order", ["record first", "lines first"])
def test_a_recording_of_the_same_functions(order):
    names = ["HTTPChannel.lineReceived", f"{HERE}:Page.render_GET", f"{HERE}:Page.twice"]
    with lines(names) as alone:
        page = Page()
        Wire(page).send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert page.twice
    with ExitStack() as stack:
        if order == "record first":
            trace, run = stack.enter_context(record(names)), stack.enter_context(lines(names))
        else:
            run, trace = stack.enter_context(lines(names)), stack.enter_context(record(names))
        page = Page()
        Wire(page).send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert page.twice
    assert run.counts == alone.counts
    assert [len(trace.of(name)) for name in names] == [3, 1, 1]


def test_blocks_inside_one_another_count_each_for_itself():
    names = [f"{HERE}:Page.render_GET"]
    page = Page()
    with lines(names) as outer:
        page.render_GET(None)
        with lines(names) as inner, lines([f"{HERE}:OtherPage.render_GET"]) as other:
            page.render_GET(None)
            OtherPage().render_GET(None)
        page.render_GET(None)
    assert counts(outer, "Page.render_GET") == [3, 3]
    assert counts(inner, "Page.render_GET") == [1, 1]
    assert counts(other, "OtherPage.render_GET") == [1]


def test_a_block_inside_a_counted_function():
    with lines([f"{HERE}:counts_itself"]) as outer:
        inner = counts_itself(2)
    # A `with` is visited once more when it ends.
    assert counts(outer, "counts_itself") == [3, 1, 4, 2, 2]
    assert counts(inner, "counts_itself") == [2, 1, 2, 1, 1], "of the call that was running before, nothing is counted"


def counts_itself(depth: int) -> Lines | None:
    if depth == 0:
        return None
    with lines([f"{HERE}:counts_itself"]) if depth == 2 else ExitStack() as run:
        counts_itself(depth - 1)
    return run


def test_a_block_that_outlives_the_function_that_began_it():
    """Later calls may have their frame where that of the first one was."""
    with ExitStack() as stack:
        run = begins_a_block(stack)
        for _ in range(3):
            begins_a_block(None)
    assert counts(run, "begins_a_block") == [3, 3]


def begins_a_block(stack: ExitStack | None) -> Lines | None:
    if stack is None:
        return None
    return stack.enter_context(lines([f"{HERE}:begins_a_block"]))


def test_a_generator_that_waited_before_the_block_is_counted_in_it(programs):
    waiting = programs.generator(2)
    next(waiting)
    with lines(["counted_programs:generator"]) as run:
        assert list(waiting) == [1]
    assert list(run.of("counted_programs:generator").values()) == [2, 1, 2]


def test_only_the_thread_that_entered_the_block_is_counted(programs):
    name = "counted_programs:recursion"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(programs.recursion, 1).result()
        with lines([name]) as run:
            pool.submit(programs.recursion, 9).result()
            started = threading.Thread(target=programs.recursion, args=[9])
            started.start()
            started.join()
            programs.recursion(0)
    assert list(run.of(name).values()) == [1, 1]


def test_blocks_in_two_threads_count_each_its_own(programs):
    name, barrier = "counted_programs:recursion", threading.Barrier(2)

    def count(depth: int) -> list[int]:
        with lines([name]) as run:
            barrier.wait(10)
            programs.recursion(depth)
            barrier.wait(10)
        return list(run.of(name).values())

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(count, [3, 4])) == [[4, 1, 3, 3], [5, 1, 4, 4]]


def test_a_block_left_by_an_exception_has_its_counts():
    page, runs = Page(), []

    def count_and_fail() -> None:
        with lines([f"{HERE}:Page.render_GET"]) as run:
            runs.append(run)
            page.render_GET(None)
            raise KeyError

    with pytest.raises(KeyError):
        count_and_fail()
    page.render_GET(None)
    assert counts(runs[0], "Page.render_GET") == [1, 1]


def test_after_the_block_nothing_is_counted_and_nothing_is_left():
    page = Page()
    tools = watching_tools()
    before = sys.gettrace()
    with lines([f"{HERE}:Page.render_GET"]) as run:
        page.render_GET(None)
    page.render_GET(None)
    assert counts(run, "Page.render_GET") == [1, 1]
    assert watching_tools() == tools
    assert sys.gettrace() is before


def watching_tools() -> list[str | None]:
    return [sys.monitoring.get_tool(number) for number in range(6)] if ON_MONITORING else []


def tracer(frame, event, arg):
    return None


@contextmanager
def traced_by(function):
    before = sys.gettrace()
    sys.settrace(function)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("raising", [False, True])
def test_a_tracer_that_was_there_before_is_put_back(raising):
    with traced_by(tracer):
        try:
            with lines([f"{HERE}:Page.render_GET"]) as run:
                Page().render_GET(None)
                if raising:
                    raise KeyError
        except KeyError:
            pass
        found = sys.gettrace()
    assert found is tracer
    assert counts(run, "Page.render_GET") == [1, 1]


def test_a_tracer_that_the_block_sets_stays():
    with traced_by(sys.gettrace()):
        with lines([f"{HERE}:Page.render_GET"]):
            sys.settrace(tracer)
        found = sys.gettrace()
    assert found is tracer


@pytest.mark.skipif(not ON_MONITORING, reason="sys.monitoring came with Python 3.12")
def test_when_all_tools_are_taken_it_says_so():
    taken = [number for number in range(6) if sys.monitoring.get_tool(number) is None]
    for number in taken:
        sys.monitoring.use_tool_id(number, "a test")
    try:
        with pytest.raises(LensError, match="end one of them first"), lines([f"{HERE}:Page.render_GET"]):
            pytest.fail("a block was entered")
    finally:
        for number in taken:
            sys.monitoring.free_tool_id(number)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["HTTPChannel.lineReceived", "HTTPChannel.lineRecieved"], "did you mean HTTPChannel.lineReceived"),
        (["Request.process"], "more than one module"),
        (["HTTPChannel"], "is a class"),
        (["HTTPChannel.lineReceived", f"{HERE}:Proxy.connectionMade"], "no lines of its own"),
        ("HTTPChannel.lineReceived", "names come in a list"),
    ],
    ids=["misspelt", "twice", "class", "proxy", "text"],
)
def test_what_has_no_lines_is_refused(names, said):
    tools = watching_tools()
    with pytest.raises(LensError, match=said), lines(names):
        pytest.fail("a block was entered")
    assert watching_tools() == tools


def test_a_function_made_at_run_time_has_no_lines(monkeypatch):
    namespace = {"__name__": HERE}
    exec(compile("def made():\n    return 1\n", "<made at run time>", "exec"), namespace)
    monkeypatch.setattr(sys.modules[HERE], "made", namespace["made"], raising=False)
    with pytest.raises(LensError, match="made has no source"), lines([f"{HERE}:made"]):
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
