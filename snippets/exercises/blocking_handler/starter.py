"""This server answers what it gets in capitals. It works on b"slow" for two seconds, which a sleep stands for.

While it sleeps, all other clients wait too. Repair that: b"slow" is answered two seconds after it came, and whatever
comes meanwhile, from the same client or another, is answered in its own time.

The check calls `factory` with a reactor whose clock it moves by hand: what is to wait must wait for this one.
"""

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
