"""While a slow answer waits, what comes next from the same client waits behind it. The task wants each answer in its
own time: a quick one overtakes."""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    free = 0.0

    def dataReceived(self, data):
        now = self.factory.reactor.seconds()
        self.free = max(self.free, now) + (2 if data == b"slow" else 0)
        if self.free > now:
            self.factory.reactor.callLater(self.free - now, self.transport.write, data.upper())
        else:
            self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
