"""The answer went to the client who came last. When the delayed call is made, it looks up whom to answer in a place
that all connections share; by then somebody else stands there."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        self.factory.asking = self
        if data == b"slow":
            self.factory.reactor.callLater(2, lambda: self.factory.asking.transport.write(data.upper()))
        else:
            self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
