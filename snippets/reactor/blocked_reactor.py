"""Measures what a handler that takes long does to another client: asleep in the reactor, and in a thread.

python -m snippets run blocked_reactor --seconds 1

One client sends "slow"; while that is being handled, another sends "quick". As long as the reactor is asleep, not even
Ctrl-C is heard.
"""

import argparse
import math
import time
from socket import create_connection

from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater, react
from twisted.internet.threads import deferToThread
from twisted.python import log
from twisted.python.failure import Failure


class Upper(Protocol):
    def dataReceived(self, data: bytes) -> None:
        if data == b"slow":
            self.factory.sleep(self.factory.seconds, self.transport)
        else:
            self.transport.write(data.upper())


def asleep_in_the_reactor(seconds: float, transport: ITransport) -> None:
    time.sleep(seconds)
    transport.write(b"SLOW")


def asleep_in_a_thread(seconds: float, transport: ITransport) -> None:
    sleeping = deferToThread(time.sleep, seconds)
    sleeping.addCallback(lambda _: transport.write(b"SLOW"))
    sleeping.addErrback(failed, transport)


def failed(failure: Failure, transport: ITransport) -> None:
    log.err(failure)
    transport.loseConnection()


def ask(address: tuple[str, int]) -> tuple[float, float]:
    """Ask as two clients, over blocking sockets; return how many seconds the slow one and the quick one waited."""
    begun = time.monotonic()
    with create_connection(address) as slow, create_connection(address) as quick:
        slow.sendall(b"slow")
        quick.sendall(b"quick")
        quick.recv(100)
        quick_waited = time.monotonic() - begun
        slow.recv(100)
        return time.monotonic() - begun, quick_waited


async def main(reactor: ReactorBase, seconds: float) -> None:
    await deferLater(reactor, 0)  # By then the reactor has taken over Ctrl-C.
    print(f"{'The handler of the slow client is':<36}{'slow':>8}{'quick':>10}", flush=True)
    for sleep in (asleep_in_the_reactor, asleep_in_a_thread):
        factory = Factory.forProtocol(Upper)
        factory.noisy, factory.sleep, factory.seconds = False, sleep, seconds
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        slow, quick = await deferToThread(ask, ("127.0.0.1", port.getHost().port))
        print(f"{sleep.__name__.replace('_', ' '):<36}{slow:6.2f} s{quick:8.2f} s", flush=True)
        await port.stopListening()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="blocked_reactor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1, help="how long it takes (default: %(default)s)")
    options = parser.parse_args()
    if not (math.isfinite(options.seconds) and 0 <= options.seconds <= 10):
        parser.error(f"argument --seconds: from 0 to 10, not {options.seconds}")
    react(main, [options.seconds])
