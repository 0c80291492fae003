"""The two seconds have passed, and nothing has come. Either nothing was asked to call later, or it was another
reactor, or a thread of it, and nobody runs that one. Time passes on the reactor that `factory` was called with."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        from twisted.internet import reactor

        if data == b"slow":
            reactor.callLater(2, self.transport.write, data.upper())
        else:
            self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
