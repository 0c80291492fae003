"""Ticks at regular intervals, and shows what becomes of the ticks when one of them blocks the reactor.

python -m snippets run ticker --every 0.5 --count 6 --block 1.2
python -m snippets run ticker --every 3600 --count 6 --block 9000 --on-clock

With --on-clock the time is a `Clock`'s: it passes only when it is told to, and nobody waits.
"""

import argparse
import time
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock, LoopingCall, deferLater, react
from twisted.python.failure import Failure


class Ticker:
    """Ticks `count` times by the reactor's clock; the third tick takes `block` seconds."""

    def __init__(self, reactor: IReactorTime, sleep: Callable[[float], None], count: int, block: float) -> None:
        self.reactor, self.sleep, self.count, self.block = reactor, sleep, count, block
        self.ticks = 0
        self.loop = LoopingCall.withCount(self.tick)
        self.loop.clock = reactor

    def start(self, every: float) -> Deferred:
        self.begun = self.reactor.seconds()
        return self.loop.start(every)

    def tick(self, intervals: int) -> None:
        self.ticks += 1
        lost = f"   {intervals - 1} lost before it" if intervals > 1 else ""
        print(f"tick {self.ticks} at {self.reactor.seconds() - self.begun:6.2f} s{lost}", flush=True)
        if self.ticks == 3 and self.block:
            print(f"       blocks for {self.block:g} s", flush=True)
            self.sleep(self.block)
        if self.ticks == self.count:
            self.loop.stop()


def on_clock(options: argparse.Namespace) -> None:
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.rightNow += seconds  # Time passes and no call is made: that is what blocking means.

    failures: list[Failure] = []
    Ticker(clock, sleep, options.count, options.block).start(options.every).addErrback(failures.append)
    while clock.calls:
        clock.rightNow = max(clock.rightNow, clock.calls[0].getTime())
        clock.advance(0)
    for failure in failures:  # Ctrl-C is one as well, when it comes in the middle of a tick.
        failure.raiseException()


async def on_reactor(reactor: IReactorTime, options: argparse.Namespace) -> None:
    await deferLater(reactor, 0)  # By then the reactor has taken over Ctrl-C.
    await Ticker(reactor, time.sleep, options.count, options.block).start(options.every)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="ticker", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=float, default=0.5, help="seconds between ticks (default: %(default)s)")
    parser.add_argument("--count", type=int, default=6, help="how many ticks (default: %(default)s)")
    parser.add_argument("--block", type=float, default=0, help="seconds that the third takes (default: %(default)s)")
    parser.add_argument("--on-clock", action="store_true", help="let a Clock's time pass instead of the real")
    options = parser.parse_args()
    if not (0.001 <= options.every <= 1e6 and 0 <= options.block <= 1e6 and options.count > 0):
        parser.error("--every is from 0.001 to 1000000 seconds, --block from 0 to 1000000, --count at least 1")
    if options.on_clock:
        try:
            on_clock(options)
        except KeyboardInterrupt:
            parser.exit(130, "\n")
    else:
        react(on_reactor, [options])
