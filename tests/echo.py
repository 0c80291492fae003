"""A factory of protocols that send back what they get, and what each of them came to."""

from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure


class Echo(Protocol):
    """Sends back what it gets, and notes how it ended."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.factory.lost.append(reason.type.__name__)


class EchoFactory(Factory):
    protocol = Echo
    noisy = False

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.built: list[Protocol] = []

    def buildProtocol(self, address: object) -> Protocol:
        self.built.append(super().buildProtocol(address))
        return self.built[-1]
