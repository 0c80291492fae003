"""What chapter 12 says in words and leaves to a test."""

import gc
from itertools import pairwise
from threading import Event

import pytest
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    NotACoroutineError,
    ensureDeferred,
    fail,
    gatherResults,
)
from twisted.internet.task import Clock, deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from snippets.later.disconnect_aware import CoroutinePage
from snippets.lens.logged import logged
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from tests.programs import run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Coroutine(CoroutinePage):
    """A page that is made from one coroutine function, which is given the request."""

    isLeaf = True

    def __init__(self, function):
        super().__init__()
        self.function = function

    def render_GET(self, request):
        return self.function(request)


def test_a_failure_is_logged_when_nothing_holds_its_deferred_any_more():
    """A failure that no errback takes is logged when its Deferred is collected, and not before."""
    with logged() as failures:
        deferred = fail(ValueError("lost"))
        gc.collect()
        assert failures == []
        del deferred
        gc.collect()
    assert [failure.type for failure in failures] == [ValueError]


def test_except_exception_catches_a_cancellation():
    """A coroutine with `except Exception` around its await catches the CancelledError and returns."""
    ended = []

    async def sorry():
        try:
            await Deferred()
        except Exception as error:
            ended.append(type(error))
            return b"sorry"

    work = ensureDeferred(sorry())
    work.addCallback(ended.append)
    work.cancel()
    assert ended == [CancelledError, b"sorry"]


def test_a_coroutine_that_catches_its_cancellation_works_on():
    """A coroutine that catches its cancellation in a loop takes all the steps that are left."""
    clock, steps = Clock(), []

    async def stubborn():
        for step in range(3):
            try:
                await deferLater(clock, 1)
            except Exception:
                steps.append("caught")
            steps.append(step)

    work = ensureDeferred(stubborn())
    work.cancel()
    clock.advance(1)
    clock.advance(1)
    assert steps == ["caught", 0, 1, 2]


def test_a_thread_works_on_when_its_page_is_cancelled():
    """When the Deferred of a thread is cancelled it fails at once; the thread works on, and its result is dropped."""
    door, ended, told = Event(), [], []

    def work():
        door.wait()
        ended.append("ended")

    with Turns() as hand:
        pool = ThreadPool(0, 1)
        pool.start()
        answer = deferToThreadPool(hand.reactor, pool, work)
        answer.addBoth(lambda result: told.append(result.type))
        answer.cancel()
        assert (told, ended) == ([CancelledError], [])
        door.set()
        pool.stop()
        hand.turn()
    assert (told, ended) == ([CancelledError], ["ended"])


@pytest.mark.parametrize("gone", [None, 1])
def test_a_page_that_ends_well_or_is_left_logs_nothing(gone):
    async def page(request):
        await deferLater(request.site.reactor, 2)
        return b"well"

    with logged() as failures:
        wire = Wire(Coroutine(page))
        wire.send(GET)
        wire.advance(1)
        if gone:
            wire.disconnect()
        came = wire.advance(5)
        gc.collect()
    assert came.endswith(b"well") is (gone is None)
    assert failures == []


def test_a_page_that_returns_no_bytes_is_a_500():
    """A coroutine page that returns a str gets a 500."""

    async def page(request):
        return "text"

    with logged() as failures:
        came = Wire(Coroutine(page)).send(GET)
        gc.collect()
    assert came.startswith(b"HTTP/1.1 500 ")
    assert [failure.type for failure in failures] == [TypeError]


@pytest.mark.parametrize("answer", [b"at once", NOT_DONE_YET])
def test_a_page_that_is_no_coroutine_is_a_500(answer):
    """A CoroutinePage whose render_GET is a plain method, and returns bytes or NOT_DONE_YET, gets a 500."""
    with logged() as failures:
        came = Wire(Coroutine(lambda request: answer)).send(GET)
    assert came.startswith(b"HTTP/1.1 500 ")
    assert [failure.type for failure in failures] == [NotACoroutineError]


def test_a_page_may_return_a_deferred():
    """A CoroutinePage whose render_GET is a plain method, and returns a Deferred, is answered with its result."""
    wire = Wire(Coroutine(lambda request: deferLater(request.site.reactor, 1, lambda: b"well")))
    assert wire.send(GET) == b""
    assert wire.advance(1).endswith(b"\r\n\r\nwell")


def test_a_mistake_after_the_visitor_has_gone_is_logged():
    """Of a coroutine page whose visitor has gone a mistake in its clean-up is logged, and its CancelledError is not."""
    raised = []

    async def page(request):
        try:
            await Deferred()
        finally:
            if mistaken:
                raised.append("a mistake")
                raise ValueError

    for mistaken in [False, True]:
        with logged() as failures:
            wire = Wire(Coroutine(page))
            wire.send(GET)
            wire.disconnect()
            gc.collect()
        assert [failure.type for failure in failures] == [ValueError] * mistaken
    assert raised == ["a mistake"]


def test_a_thread_has_the_reactor_write():
    """What a thread gives to callFromThread with request.write reaches the visitor, before the page is finished."""

    class Page(CoroutinePage):
        isLeaf = True

        async def render_GET(self, request):
            def work():
                hand.reactor.callFromThread(request.write, b"halfway, ")
                return b"done"

            return await deferToThreadPool(hand.reactor, pool, work)

    with Turns() as hand:
        pool = ThreadPool(0, 1)
        pool.start()
        client = hand.connect(hand.listen(Site(Page(), reactor=hand.reactor)))
        client.sendall(GET)
        hand.until(lambda: pool.threads)
        pool.stop()  # returns when the thread has ended
        hand.turn()
        hand.turn()
        assert client.recv(9999).partition(b"\r\n\r\n")[2] == b"9\r\nhalfway, \r\n4\r\ndone\r\n0\r\n\r\n"


def test_a_method_that_the_page_has_not_is_refused_as_ever():
    """A coroutine page answers a POST for which it has no render_POST with 405, and a HEAD with its headers alone."""

    async def page(request):
        await deferLater(request.site.reactor, 1)
        return b"well"

    wire = Wire(Coroutine(page))
    assert wire.send(GET.replace(b"GET", b"POST")).startswith(b"HTTP/1.1 405 ")
    wire.send(GET.replace(b"GET", b"HEAD"))
    came = wire.advance(1)
    assert came.startswith(b"HTTP/1.1 200 ")
    assert b"Content-Length: 4\r\n" in came
    assert came.endswith(b"\r\n\r\n")


def test_a_page_that_catches_its_cancellation_is_not_logged():
    async def page(request):
        try:
            await Deferred()
        except CancelledError:
            return b"sorry"

    with logged() as failures:
        wire = Wire(Coroutine(page))
        wire.send(GET)
        wire.disconnect()
        gc.collect()
    assert failures == []


def test_a_page_that_is_cancelled_by_somebody_else_gets_an_answer():
    """A CancelledError while the visitor is still there is a failure of the page: the visitor gets a 500."""
    asked = []

    async def page(request):
        asked.append(Deferred())
        return await asked[0]

    with logged() as failures:
        wire = Wire(Coroutine(page))
        wire.send(GET)
        wire.reactor.callLater(0, asked[0].cancel)
        came = wire.receive()
        gc.collect()
    assert came.startswith(b"HTTP/1.1 500 ")
    assert [failure.type for failure in failures] == [CancelledError]


def test_a_deferred_is_no_body():
    """A render_GET that returns a Deferred gets a 500: what a page returns is bytes or NOT_DONE_YET."""

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            return Deferred()

    came = Wire(Page()).send(GET)
    assert came.startswith(b"HTTP/1.1 500 ")
    assert b"Request did not return bytes" in came


def test_what_a_page_writes_before_its_end_goes_out_at_once():
    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            request.write(b"so far")
            return NOT_DONE_YET

    assert Wire(Page()).send(GET).endswith(b"6\r\nso far\r\n")


def test_a_cancelled_list_cancels_what_is_in_it():
    """When the Deferred of gatherResults is cancelled, each of its Deferreds is, and each source stops."""
    clock = Clock()
    sources = [deferLater(clock, seconds) for seconds in (1, 2, 3)]
    gathered = gatherResults(sources, consumeErrors=True)
    gathered.addErrback(lambda failure: None)
    gathered.cancel()
    assert clock.getDelayedCalls() == []


def test_the_other_sources_work_on_when_one_has_failed():
    """When one source of gatherResults has failed, `cancel` of the whole stops no other; `cancel` of each does."""
    clock, works = Clock(), []
    sources = [deferLater(clock, seconds, works.append, seconds) for seconds in (2, 3)]
    gathered = gatherResults([fail(ValueError()), *sources], consumeErrors=True)
    gathered.addErrback(lambda failure: None)
    gathered.cancel()
    clock.advance(2)
    assert works == [2]
    for source in sources:
        source.cancel()
    assert clock.getDelayedCalls() == []


def test_a_long_row_of_deferreds_does_not_use_up_the_stack():
    """A row of 10000 Deferreds, each of which waits for the next, is fired from its end without a RecursionError."""
    row = [Deferred() for _ in range(10_000)]
    for one, following in pairwise(row):
        one.addCallback(lambda _, following=following: following)
    for one in row[:-1]:
        one.callback(None)
    seen = []
    row[0].addCallback(seen.append)
    row[-1].callback("the end")
    assert seen == ["the end"]


ASYNCIO = """
import asyncio
from twisted.internet import asyncioreactor
asyncioreactor.install()
from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred

async def page():
    answer = await Deferred.fromFuture(asyncio.ensure_future(asyncio.sleep(0.01, "awake")))
    print(answer)
    reactor.stop()

reactor.callLater(0, lambda: ensureDeferred(page()))
reactor.run()
"""


def test_a_page_can_await_asyncio_under_its_reactor():
    """Under AsyncioSelectorReactor a coroutine can await Deferred.fromFuture of what asyncio runs."""
    ended = run("-c", ASYNCIO)
    assert (ended.code, ended.out, ended.err) == (0, "awake\n", "")


UNWAITED = ASYNCIO.replace(
    'await Deferred.fromFuture(asyncio.ensure_future(asyncio.sleep(0.01, "awake")))',
    "await unwaited()",
).replace(
    "async def page():",
    """async def unwaited():
    try:
        return await asyncio.sleep(0.01, "awake")
    except RuntimeError as error:
        return error

async def page():""",
)


def test_a_future_is_not_waited_for():
    """Under AsyncioSelectorReactor, too, a coroutine that awaits asyncio.sleep as it is gets a RuntimeError."""
    ended = run("-c", UNWAITED)
    assert (ended.code, ended.out, ended.err) == (0, "await wasn't used with future\n", "")
