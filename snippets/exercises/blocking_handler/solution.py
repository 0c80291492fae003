"""The reactor is asked to call later, and `dataReceived` returns at once.

A call that waits holds up nobody: it stands in a list of the reactor's until a turn finds that it is due. Each call
remembers whose transport it is for, so any number of them may wait at the same time. As long as it waits it holds that
transport, so the calls of a client that leaves are cancelled.
"""

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def connectionMade(self):
        self.due = []

    def dataReceived(self, data):
        if data == b"slow":
            self.due = [call for call in self.due if call.active()]
            self.due.append(self.factory.reactor.callLater(2, self.transport.write, data.upper()))
        else:
            self.transport.write(data.upper())

    def connectionLost(self, reason):
        for call in self.due:
            if call.active():
                call.cancel()


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
