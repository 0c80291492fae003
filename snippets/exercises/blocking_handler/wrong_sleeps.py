"""`time.sleep` stops the thread, and the reactor has only this one. Until it returns nobody is read, nobody is
accepted, and no call that is due is made. The wait must be the reactor's."""

import time

from twisted.internet.protocol import Factory, Protocol


class Sleeper(Protocol):
    def dataReceived(self, data):
        if data == b"slow":
            time.sleep(2)
        self.transport.write(data.upper())


def factory(reactor):
    made = Factory.forProtocol(Sleeper)
    made.reactor = reactor
    return made
