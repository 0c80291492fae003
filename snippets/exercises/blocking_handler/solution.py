"""The reactor is asked to call later, and `dataReceived` returns at once.

A call that waits costs nobody anything: it stands in a list of the reactor's until a turn finds that it is due. Each
call remembers whose transport it is for, so any number of them may wait at the same time.
"""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        if data == b"slow":
            self.factory.reactor.callLater(2, self.transport.write, data.upper())
        else:
            self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
