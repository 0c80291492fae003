"""An echo that keeps why it ended, and a factory that keeps its protocols."""

from twisted.internet.protocol import Factory, Protocol


class Echo(Protocol):
    """Sends back what it gets, and keeps the reason of the end."""

    reason = None

    def dataReceived(self, data):
        self.transport.write(data)

    def connectionLost(self, reason):
        self.reason = reason


class Keeping(Factory):
    """Keeps its protocols."""

    noisy = False

    def __init__(self, protocol=Echo):
        self.protocol = protocol
        self.made = []

    def buildProtocol(self, addr):
        protocol = super().buildProtocol(addr)
        self.made.append(protocol)
        return protocol
