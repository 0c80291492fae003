"""The answer is written before anything waits. In `callLater(2, f(x))` Python calls `f(x)` first, and hands on what
it returned; the reactor wants the function and its arguments apart."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        if data == b"slow":
            self.factory.reactor.callLater(2, self.transport.write(data.upper()))
        else:
            self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
