"""Measures what a handler that takes long does to another client: asleep in the reactor, and in a thread.

python -m snippets run blocked_reactor --seconds 1

One client sends "slow"; while that is being handled, another connects and sends "quick". As long as the reactor is
asleep, not even Ctrl-C is heard.
"""

import argparse
import math
import socket
import time
from collections.abc import Callable
from functools import partial

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater, react
from twisted.internet.threads import deferToThread


class Upper(Protocol):
    def dataReceived(self, data: bytes) -> None:
        if data == b"slow":
            self.factory.begun.callback(None)
            self.factory.work(lambda: self.transport.write(b"SLOW"))
        else:
            self.transport.write(data.upper())


def asleep_in_the_reactor(seconds: float, answer: Callable[[], None]) -> None:
    time.sleep(seconds)
    answer()


def asleep_in_a_thread(seconds: float, answer: Callable[[], None]) -> None:
    # What the thread returns is passed to the callback by the reactor, in a turn of its own.
    deferToThread(time.sleep, seconds).addCallback(lambda _: answer())


def ask(port: int, text: bytes) -> float:
    """Send `text` over a plain blocking socket and return how many seconds the answer took."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(text)
        client.recv(100)
        return time.monotonic() - begun


async def measured(reactor: ReactorBase, work: Callable) -> list[float]:
    """How long the slow client and the quick one wait, in seconds, when the slow one is handled by `work`."""
    factory = Factory.forProtocol(Upper)
    factory.noisy, factory.begun, factory.work = False, Deferred(), work
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    ask_here = partial(ask, port.getHost().port)
    asked = partial(deferToThread, ask_here)
    factory.begun.addCallback(lambda _: asked(b"quick"))
    waited = await gatherResults([asked(b"slow"), factory.begun])
    await port.stopListening()
    return waited


async def main(reactor: ReactorBase, seconds: float) -> None:
    await deferLater(reactor, 0)  # By then the reactor has taken over Ctrl-C.
    print(f"{'The handler of the slow client is':<36}{'slow':>8}{'quick':>10}", flush=True)
    for work in (asleep_in_the_reactor, asleep_in_a_thread):
        slow, quick = await measured(reactor, partial(work, seconds))
        print(f"{work.__name__.replace('_', ' '):<36}{slow:6.2f} s{quick:8.2f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="blocked_reactor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1, help="how long it takes (default: %(default)s)")
    options = parser.parse_args()
    if not (math.isfinite(options.seconds) and 0 <= options.seconds <= 10):
        parser.error(f"argument --seconds: from 0 to 10, not {options.seconds}")
    react(main, [options.seconds])
