"""When a play's time begins, and what becomes of plays whose process can't begin: on a clock that is set by hand."""

import sys

import pytest
from twisted.internet import error
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer

from snippets.edition.children import MOST_WAITING, SECONDS, START_SECONDS, Children, Died, TooLong, TooMany
from snippets.edition.plays import MOST_ANSWER


class Process:
    """A process that says what it is told to, and ends when it is killed."""

    def __init__(self, protocol):
        self.protocol = protocol
        self.given = b""
        self.runs = True
        protocol.makeConnection(self)

    def write(self, data):
        self.given += data

    def say(self, data):
        self.protocol.outReceived(data)

    def signalProcess(self, name):
        assert name == "KILL"
        if not self.runs:
            raise error.ProcessExitedAlready()
        self.end()

    def end(self):
        self.runs = False
        self.protocol.processEnded(Failure(error.ProcessDone(None)))


@implementer(IReactorProcess)
class Machine(Clock):
    """Starts processes, and has a clock."""

    def __init__(self):
        super().__init__()
        self.started = []
        self.commands = []
        self.is_full = False

    def spawnProcess(self, protocol, executable, args=(), env=None):
        if self.is_full:
            raise OSError("no room")
        assert (executable, env) == (args[0], None)
        self.commands.append(args)
        self.started.append(Process(protocol))

    @property
    def process(self):
        """The one that runs."""
        (runs,) = [each for each in self.started if each.runs]
        return runs


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def children(machine):
    return Children(machine)


class Played:
    """What became of some plays, in the order in which it did."""

    def __init__(self, children, *lines):
        self.ends = []
        self.answers = [children.play(line) for line in lines]
        for line, answer in zip(lines, self.answers, strict=True):
            answer.addCallbacks(self.note, self.fail, callbackArgs=(line,), errbackArgs=(line,))

    def note(self, answer, line):
        self.ends.append((line, answer))

    def fail(self, failure, line):
        self.ends.append((line, failure.type))


def test_a_play_is_given_to_the_process_when_that_is_ready(machine, children):
    plays = Played(children, b"one", b"two")
    assert machine.commands == [(sys.executable, "-m", "snippets.edition.child")]
    assert machine.process.given == b""
    machine.process.say(b"rea")
    assert machine.process.given == b""
    machine.process.say(b"dy\n")
    assert machine.process.given == b"one\n"
    machine.process.say(b"fil")
    machine.process.say(b"m\n")
    assert machine.process.given == b"one\ntwo\n"
    machine.process.say(b"other\n")
    assert plays.ends == [(b"one", b"film"), (b"two", b"other")]
    assert len(machine.started) == 1
    assert machine.calls == []


def test_what_the_process_takes_to_begin_is_not_taken_from_a_play(machine, children):
    plays = Played(children, b"one")
    machine.advance(START_SECONDS - 1)
    machine.process.say(b"ready\n")
    machine.advance(SECONDS - 1)
    assert plays.ends == []
    machine.process.say(b"film\n")
    assert plays.ends == [(b"one", b"film")]


def test_a_play_that_takes_too_long_is_ended_and_the_next_one_has_its_own_time(machine, children):
    plays = Played(children, b"one", b"two")
    first = machine.process
    first.say(b"ready\n")
    machine.advance(SECONDS)
    assert plays.ends == [(b"one", TooLong)]
    assert not first.runs
    machine.advance(SECONDS)
    machine.process.say(b"ready\n")
    machine.advance(SECONDS - 1)
    assert machine.process.given == b"two\n"
    assert plays.ends == [(b"one", TooLong)]
    machine.advance(1)
    assert plays.ends == [(b"one", TooLong), (b"two", TooLong)]
    assert [each.runs for each in machine.started] == [False, False]


def test_one_that_is_never_ready_costs_a_play_and_is_replaced_for_the_next(machine, children):
    plays = Played(children, b"one", b"two")
    first = machine.process
    machine.advance(START_SECONDS)
    assert plays.ends == [(b"one", Died)]
    assert not first.runs
    machine.process.say(b"ready\n")
    assert machine.process.given == b"two\n"


def test_one_that_ends_before_it_is_ready_costs_a_play_and_is_replaced_for_the_next(machine, children):
    plays = Played(children, b"one", b"two")
    machine.process.end()
    assert plays.ends == [(b"one", Died)]
    machine.process.end()
    assert plays.ends == [(b"one", Died), (b"two", Died)]
    assert len(machine.started) == 2
    assert machine.calls == []


def test_one_that_nobody_waits_for_has_no_more_time_to_begin(machine, children):
    children.start()
    children.start()
    machine.advance(START_SECONDS)
    assert [each.runs for each in machine.started] == [False]
    plays = Played(children, b"one")
    machine.process.say(b"ready\n")
    machine.process.say(b"film\n")
    assert plays.ends == [(b"one", b"film")]


def test_one_that_is_ready_has_time_without_end(machine, children):
    children.start()
    machine.process.say(b"ready\n")
    machine.advance(10 * START_SECONDS)
    Played(children, b"one")
    assert machine.process.given == b"one\n"


@pytest.mark.parametrize("ready", [False, True])
def test_a_play_that_is_cancelled_while_it_waits_is_not_played(machine, children, ready):
    """Also while it waits for the process to begin."""
    plays = Played(children, b"one", b"two", b"three")
    if ready:
        machine.process.say(b"ready\n")
    for answer in plays.answers[:2]:
        answer.cancel()
    machine.process.say(b"line\n")
    assert machine.process.given == (b"one\nthree\n" if ready else b"three\n")


def test_what_nobody_waits_for_is_ended_all_the_same(machine, children):
    plays = Played(children, b"one")
    machine.process.say(b"ready\n")
    plays.answers[0].cancel()
    machine.process.say(b"film\n")
    assert machine.calls == []
    assert machine.process.runs


@pytest.mark.parametrize(
    "said",
    [[b"film\n\n"], [b"film\nmore"], [b"x" * (MOST_ANSWER + 1)], [b"x" * MOST_ANSWER, b"x"]],
    ids=["two lines", "more than a line", "a line without end", "one in parts"],
)
def test_what_is_no_answer_ends_the_process(machine, children, said):
    plays = Played(children, b"one", b"two")
    first = machine.process
    first.say(b"ready\n")
    for part in said:
        assert first.runs
        first.say(part)
    assert plays.ends == [(b"one", Died)]
    assert not first.runs
    machine.process.say(b"ready\n")
    assert machine.process.given == b"two\n"


def test_an_answer_of_the_size_that_is_allowed_is_one(machine, children):
    whole = b"x" * (MOST_ANSWER - 1)
    plays = Played(children, b"one", b"two")
    machine.process.say(b"ready\n")
    for _ in range(2):
        machine.process.say(whole)
        machine.process.say(b"\n")
    assert [len(said) for _, said in plays.ends] == [len(whole)] * 2


def test_a_line_that_nobody_asked_for_ends_the_process(machine, children):
    children.start()
    machine.process.say(b"ready\n")
    machine.process.say(b"film\n")
    assert [each.runs for each in machine.started] == [False]


def test_what_an_ended_process_still_says_is_nobodys_answer(machine, children):
    plays = Played(children, b"one", b"two")
    first = machine.process
    first.say(b"ready\n")
    machine.advance(SECONDS)
    machine.process.say(b"ready\n")
    first.say(b"film\n")
    first.protocol.errReceived(b"noise")
    assert plays.ends == [(b"one", TooLong)]
    machine.process.say(b"other\n")
    assert plays.ends == [(b"one", TooLong), (b"two", b"other")]


def test_more_than_may_wait_are_told_so_and_the_others_are_played(machine, children):
    Played(children, b"first")
    machine.process.say(b"ready\n")
    plays = Played(children, *[b"%d" % number for number in range(MOST_WAITING + 2)])
    assert plays.ends == [(b"200", TooMany), (b"201", TooMany)]
    for _ in range(MOST_WAITING + 1):
        machine.process.say(b"film\n")
    assert len(plays.ends) == MOST_WAITING + 2


def test_where_no_process_can_be_started_each_play_is_told_so(machine, children):
    plays = Played(children, *[b"x"] * MOST_WAITING)
    machine.is_full = True
    machine.process.end()
    assert plays.ends == [(b"x", Died)] * MOST_WAITING
    machine.is_full = False
    more = Played(children, b"one")
    machine.process.say(b"ready\n")
    machine.process.say(b"film\n")
    assert more.ends == [(b"one", b"film")]


def test_a_machine_that_is_full_when_the_server_begins_has_the_next_play_try_again(machine):
    children = Children(machine)
    machine.is_full = True
    children.start()
    machine.is_full = False
    play = Played(children, b"one")
    machine.process.say(b"ready\n")
    machine.process.say(b"film\n")
    assert play.ends == [(b"one", b"film")]


def test_after_the_stop_nothing_is_started_and_the_end_is_told(machine, children):
    ended = []
    Played(children, b"one", b"two")
    children.stop().addCallback(ended.append)
    assert ended == [None]
    assert [each.runs for each in machine.started] == [False]
    children.start()
    Played(children, b"three")
    assert len(machine.started) == 1


def test_after_the_stop_of_one_that_had_nothing_to_play_it_is_given_nothing(machine, children):
    children.start()
    machine.process.say(b"ready\n")
    children.stop()
    plays = Played(children, b"one")
    assert ([each.given for each in machine.started], plays.ends) == ([b""], [])


def test_a_stop_where_there_is_no_process_waits_for_nothing(machine, children):
    assert children.stop() is None
    children.start()
    plays = Played(children, b"one")
    assert (machine.started, plays.ends) == ([], [])


def test_a_stop_after_the_process_ended_by_itself_is_no_error(machine):
    children = Children(machine, command=("own", "command"))
    children.start()
    assert machine.commands == [("own", "command")]
    machine.process.runs = False  # and the reactor does not know it yet
    assert children.stop() is not None
