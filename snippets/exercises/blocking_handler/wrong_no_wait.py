"""The slow answer comes at once. The sleep is gone, and with it the two seconds; something must still wait for
them."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
