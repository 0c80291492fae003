"""What Deferreds and producers do apart from any page: results that come twice, late, never, or in a chain."""

import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock

from twisted.internet import defer, task, threads
from twisted.internet._producer_helpers import _PullToPush
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure

from snippets.lens.wire import Wire

# Any: what is done to them here, their types forbid.
Deferred: Any = defer.Deferred
DeferredList: Any = defer.DeferredList


def _ignored(_: object) -> None:
    """An errback that takes what went wrong for said."""


def _raising(*_: object) -> None:
    raise ValueError("it went wrong")


def results_that_come_twice() -> None:
    """A Deferred that is called back twice: after a cancel, after a result, and with what it is told for debugging."""
    cancelled: Any = Deferred()
    cancelled.addErrback(_ignored)
    cancelled.cancel()
    cancelled.callback("let pass")
    for debug in (False, True):
        defer.setDebugging(debug)
        try:
            for result in ("fine", Deferred().addErrback(_ignored)):
                called: Any = Deferred()
                called.addCallback(lambda _, result=result: result)
                called.callback("first")
                called.cancel()
                for _ in range(2):
                    try:
                        called.callback("second")
                    except defer.AlreadyCalledError:
                        continue
        finally:
            defer.setDebugging(False)


def cancelled() -> None:
    """Cancelled: with a canceller that answers, one that doesn't, without one, and while it waits for another."""
    for canceller in (None, _ignored, lambda waiting: waiting.callback("instead")):
        waiting: Any = Deferred(canceller)
        waiting.addErrback(_ignored)
        waiting.cancel()
    inner: Any = Deferred()
    outer: Any = defer.succeed(None)
    outer.addCallback(lambda _: inner)
    outer.addErrback(_ignored)
    outer.cancel()


def chained() -> None:
    """Chains: a callback that returns a Deferred with a result, one without, itself; that raises; paused."""
    first: Any = defer.succeed(1)
    first.addCallback(lambda _: defer.succeed(2))
    waits: Any = Deferred()
    second: Any = defer.succeed(1)
    second.addCallback(lambda _: waits)
    waits.callback(2)
    failing: Any = Deferred()
    third: Any = defer.succeed(1)
    third.addCallback(lambda _: failing)
    third.addErrback(_ignored)
    failing.errback(ValueError("it went wrong"))
    fourth: Any = defer.succeed(1)
    fourth.addCallback(_raising)
    fourth.addErrback(_ignored)
    failed: Any = defer.fail(ValueError("it went wrong"))
    fifth: Any = defer.succeed(1)
    fifth.addCallback(lambda _: failed)
    fifth.addErrback(_ignored)
    itself: Any = Deferred()
    itself.addCallback(lambda _: itself)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        itself.callback(1)
    paused: Any = Deferred()
    paused.pause()
    paused.addCallback(_ignored)
    paused.callback(1)
    paused.unpause()
    within: Any = Deferred()
    within.addCallback(lambda result: within.addCallback(_ignored) and result)
    within.callback(1)


def in_time() -> None:
    """A time limit that is kept, one that is not, and one that answers; a call put off, and given up."""
    clock = task.Clock()
    kept: Any = Deferred()
    kept.addTimeout(5, clock)
    kept.callback("in time")
    for on_timeout in (None, lambda result, seconds: result):
        late: Any = Deferred()
        late.addTimeout(5, clock, on_timeout)
        late.addErrback(_ignored)
        clock.advance(5)
    goes_wrong: Any = Deferred(lambda waiting: waiting.errback(ValueError("it went wrong")))
    goes_wrong.addTimeout(5, clock)
    goes_wrong.addErrback(_ignored)
    clock.advance(5)
    task.deferLater(clock, 1)
    task.deferLater(clock, 1, _ignored, "now")
    given_up: Any = task.deferLater(clock, 1, _ignored, "never")
    given_up.addErrback(_ignored)
    given_up.cancel()
    clock.advance(1)


def gathered() -> None:
    """Several results: all fine, one that fails, the first of them, and each failure told."""
    for options in ({}, {"fireOnOneErrback": True}, {"fireOnOneCallback": True}, {"consumeErrors": True}):
        fine: Any = Deferred()
        fails: Any = Deferred()
        every: Any = DeferredList([fine, fails], **options)
        every.addErrback(_ignored)
        fails.errback(ValueError("it went wrong"))
        fine.callback("fine")
        fails.addErrback(_ignored)


class _AtOnce:
    """A reactor and a pool of threads in one, in which there is only this thread."""

    def callFromThread(self, function: Callable[..., object], *args: object) -> None:
        function(*args)

    def callInThreadWithCallback(self, done: Callable[..., None], function: Callable[..., object]) -> None:
        try:
            done(True, function())
        except ValueError as error:
            done(False, Failure(error))


def in_a_thread() -> None:
    """Work that is given to a pool of threads: it comes to an end, and goes wrong."""
    at_once: Any = _AtOnce()
    threads.deferToThreadPool(at_once, at_once, lambda: "done")
    threads.deferToThreadPool(at_once, at_once, _raising).addErrback(_ignored)


class _Producer:
    """Writes its piece when asked, or raises."""

    def __init__(self, consumer: Any, raising: bool = False) -> None:
        self.consumer, self.raising = consumer, raising

    def resumeProducing(self) -> None:
        if self.raising:
            _raising()
        self.consumer.write(b"the only piece")
        self.consumer.unregisterProducer()

    def stopProducing(self) -> None:
        """Nothing to do: there is no more where that came from."""

    pauseProducing = stopProducing


def producing() -> None:
    """Producers of a transport: pull and push, a second beside the first, one too late, one taken away at the end."""
    wire = Wire(Factory.forProtocol(Protocol))
    transport: Any = wire.transport
    transport.registerProducer(_Producer(transport), False)
    wire.receive()
    transport.registerProducer(_Producer(transport), True)
    try:
        transport.registerProducer(_Producer(transport), True)
    except RuntimeError:
        transport.loseConnection()
    transport.unregisterProducer()
    wire.receive()
    transport.registerProducer(_Producer(transport), True)


def pulled() -> None:
    """A pull producer that is made to push: one that raises; one whose consumer raises as well; stopped twice."""
    wire = Wire(Factory.forProtocol(Protocol))
    for unregister in (None, _raising):
        consumer = mock.Mock()
        pushing = _PullToPush(_Producer(consumer, raising=True), consumer)
        consumer.unregisterProducer = unregister or pushing.stopStreaming
        with mock.patch.object(task, "_theCooperator", wire.reactor.cooperator):
            pushing.startStreaming()
        wire.advance(1)
        for _ in range(2):
            pushing.stopStreaming()


WAITING: tuple[Callable[[], None], ...] = (
    results_that_come_twice,
    cancelled,
    chained,
    in_time,
    gathered,
    in_a_thread,
    producing,
    pulled,
)
