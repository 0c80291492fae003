"""Now everything waits two seconds, and the quick answers too. Only b"slow" is to wait."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        self.factory.reactor.callLater(2, self.transport.write, data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
