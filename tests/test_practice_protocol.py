"""A learner's protocol is a class, or comes from a function that returns its factory and may ask for a clock."""

from snippets.practice import ways

CLASS = """
from twisted.internet.protocol import Factory, Protocol

class Later(Protocol):
    def dataReceived(self, data):
        self.factory.reactor.callLater(2, self.transport.write, data)

"""
ASKS = CLASS + "def made(reactor):\n    f = Factory.forProtocol(Later)\n    f.reactor = reactor\n    return f\n"
SAID = [["send", "a", [b"x"]], ["wait", "a", 1], ["wait", "a", 1]]


def came(source, steps, name="made"):
    (talk,) = ways.play(source, "it.py", "protocol", name, [steps])["talks"]
    return [outcome["came"] for outcome in talk["outcomes"]], [error["says"] for error in talk["errors"]]


def test_a_function_is_given_a_clock_that_a_wait_moves():
    assert came(ASKS, SAID) == ([b"", b"", b"x"], [])


def test_the_clock_is_one_for_all_connections():
    steps = [["send", "a", [b"x"]], ["send", "b", [b"y"]], ["wait", "b", 2], ["receive", "a"]]
    assert came(ASKS, steps) == ([b"", b"", b"y", b"x"], [])


def test_a_function_need_not_ask():
    echo = CLASS + "class Echo(Protocol):\n    def dataReceived(self, data):\n        self.transport.write(data)\n"
    assert came(echo + "def made():\n    return Factory.forProtocol(Echo)\n", SAID[:1]) == ([b"x"], [])
    assert came(echo, SAID[:1], name="Echo") == ([b"x"], [])


def test_what_is_no_factory_is_told():
    assert came(CLASS + "def made(reactor):\n    pass\n", SAID) == (
        [],
        ["made returned None, and a Factory is expected"],
    )
