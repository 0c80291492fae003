"""Measures what recording costs, against none and against other tools; a gigabyte, checks of exercises, the server."""

import gc
import io
import itertools
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import metadata, util
from pathlib import Path
from typing import Any

from twisted.web.resource import Resource
from twisted.web.static import Data

from snippets.lens.names import locate
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from snippets.practice.judge import judge
from snippets.practice.process import Process
from snippets.practice.shelf import shelf
from snippets.workshop import bench_class, bench_steps

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FUNCTIONS = [step.name for step in PATH]
WATCHED = {"HTTPChannel": ["__first_line", "__header", "line_mode", "_handlingRequest"]}
SIZES = (10**3, 10**4, 10**5, 10**6)  # events
LONG_ENOUGH = 30_000  # events
WARM_UP = 20  # GETs before the clock starts: by then the interpreter has specialised the code
FEWER = 10  # the other tools are many times slower, so they get this many times fewer GETs

# What each figure says; the ratios of GETs are to an untraced one.
UNTRACED = "a GET, untraced, in µs"
NOTHING = "wrapped, recording nothing"
EVERYTHING = "recording everything"
BYTES = "bytes held by an event"
SPREAD = "the largest of these, to the smallest"
SLOW = "MB that big_file grows by, while a slow client takes from 1 GiB"
TAKEN = 30_000_000  # bytes of the gigabyte
STARTS = {
    "start-up: python -m snippets, to importing click and rich": (["-m", "snippets"], ["-c", "import click, rich"]),
    'start-up: trace hello_site "GET /hello", to importing twisted.web.server, click and rich': (
        ["-m", "snippets", "trace", "hello_site", "GET /hello"],
        ["-c", "import twisted.web.server, click, rich"],
    ),
}
CHECKS = 28
CHECKED = f"{CHECKS} checks of exercises by one process that is warm, in s"
# What `snippets.edition.bench_served` measures; the edition knows the workshop, and not the other way round.
AT_ONCE, PLAYS = 50, 10_000
BESIDE = f"a page while {AT_ONCE} plays wait, to one while none does, medians"
SERVER_GROWS = f"MB that the server of the pages grows by in {PLAYS:,} fuzzed plays"
PROCESS_GROWS = "MB that the process which plays grows by meanwhile"
WRONG = "plays of these that were neither played nor refused"
SECOND = "s of CPU that serve takes to begin with pages that are there, more than importing Twisted.web"
# What is to be reached: the limit of a figure, and whether that is the most or the least.
TARGETS = {
    EVERYTHING: ("at most", 3.5 if sys.version_info >= (3, 12) else 4.0),
    f"hunter, to {EVERYTHING}": ("at least", 6.0),
    BYTES: ("at most", 250.0),
    SPREAD: ("at most", 1.2),
    SLOW: ("at most", 20.0),
    **dict.fromkeys(STARTS, ("at most", 1.5)),
    **bench_steps.TARGETS,
    CHECKED: ("at most", 1.5),
    bench_class.GRADED: ("at most", 60.0),
    BESIDE: ("at most", 2.0),
    SERVER_GROWS: ("at most", 20.0),
    PROCESS_GROWS: ("at most", 20.0),
    WRONG: ("at most", 0.0),
    SECOND: ("at most", 1.0),
}

Start = Callable[[], AbstractContextManager[object]]


def everything() -> AbstractContextManager[Trace]:
    """Record each call on the path of a request, with arguments, result and the state of the channel."""
    return record(FUNCTIONS, WATCHED)


@contextmanager
def nothing() -> Iterator[Trace]:
    """Wrap the same functions and record nothing: what the mechanism alone costs."""
    with everything() as trace:
        trace._active = False
        yield trace


@contextmanager
def by_hunter() -> Iterator[io.StringIO]:
    """The same functions, arguments and return values, as hunter's own CallPrinter takes them down."""
    import hunter

    functions: dict[str, set[str]] = {}
    for place in map(locate, FUNCTIONS):
        functions.setdefault(place.name.partition(":")[0], set()).add(place.attribute)
    chosen = hunter.Or(*[hunter.Q(module=module, function_in=names) for module, names in functions.items()])
    calls = hunter.And(hunter.Q(kind_in=("call", "return")), chosen)
    taken_down = io.StringIO()
    with hunter.trace(calls, action=hunter.CallPrinter(stream=taken_down)):
        yield taken_down


@contextmanager
def by_viztracer() -> Iterator[None]:
    """Arguments and return values of every Python function: viztracer can't be told to record only some."""
    from viztracer import VizTracer

    tracer = VizTracer(
        log_func_args=True, log_func_retval=True, ignore_c_function=True, register_global=False, verbose=0
    )
    tracer.start()
    try:
        yield
    finally:
        tracer.stop()
        tracer.clear()


PEERS = {"hunter": (by_hunter, "the same functions"), "viztracer": (by_viztracer, "every Python function")}


def measure(
    rounds: int = 7,
    gets: int = 2000,
    sizes: Sequence[int] = SIZES,
    students: int = bench_class.STUDENTS,
    plays: int = PLAYS,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, Any]:
    """Measure everything; about ten minutes with the defaults.

    All times are CPU time of the process, but for the class: that is how long one waits. Ratios are medians over the
    rounds, each of a figure to another of the same round; a round runs every variant once, so that a machine that is
    busy for a while slows them all.

    Args:
        rounds: how often each comparison is made.
        gets: how many GETs one untraced run takes, on one keep-alive connection.
        sizes: numbers of events at which the cost of one is measured.
        students: how many there are in the class that is graded.
        plays: how many the server of the pages is asked for.
        progress: is told what is about to be measured.

    Returns:
        numbers and text that can be written as JSON; "figures" maps what is measured to how much it is, or to None
        where that can't be measured here.
    """
    progress("GETs, recorded and not")
    figures = _compared(rounds, gets)
    progress("memory")
    figures[BYTES] = _bytes_per_event(gets)
    progress(f"traces of up to {max(sizes)} events")
    costs = _costs(-(-rounds // 2), sizes)
    figures |= {f"µs for an event, in a trace of {size:,}": cost for size, cost in zip(sizes, costs, strict=True)}
    figures[SPREAD] = max(costs) / min(costs)
    for what, (ours, theirs) in STARTS.items():
        progress(what)
        figures[what] = _start_up_ratio(ours, theirs, rounds)
    progress("a gigabyte, read slowly")
    figures[SLOW] = _megabytes_grown()
    progress("steps")
    figures |= bench_steps.stepped(_site, GET, rounds)
    progress(CHECKED)
    figures[CHECKED] = _checked(rounds)
    progress(bench_class.GRADED)
    figures |= bench_class.graded(students)
    progress("the server of the pages")
    figures |= _served(plays, rounds)
    return {
        "python": platform.python_version(),
        "twisted": metadata.version("twisted"),
        "rounds": rounds,
        "gets": gets,
        "calls_per_get": _calls_per_get(),
        "figures": figures,
    }


def met(what: str, value: float | None) -> bool | None:
    """Whether a figure reaches its target; None if it has none, or is not measured."""
    if value is None or what not in TARGETS:
        return None
    sense, limit = TARGETS[what]
    return value <= limit if sense == "at most" else value >= limit


def _site() -> Resource:
    root = Resource()
    root.putChild(b"hello", Data(b"Hello\n", "text/plain"))
    return root


def _calls_per_get() -> int:
    wire = Wire(_site())
    with everything() as trace:
        wire.send(GET)
    return len(trace)


def _compared(rounds: int, gets: int) -> dict[str, float | None]:
    """What a GET costs in each variant, as a ratio to an untraced one."""
    variants: dict[str, tuple[Start, int]] = {
        UNTRACED: (nullcontext, gets),
        NOTHING: (nothing, gets),
        EVERYTHING: (everything, gets),
    }
    variants |= {name: (start, max(gets // FEWER, 1)) for name, (start, _) in PEERS.items() if _installed(name)}
    order = list(variants)
    spent: dict[str, list[float]] = {name: [] for name in order}
    for _ in range(rounds):
        for name in order:
            spent[name].append(_seconds_per_get(*variants[name]))
        # Who comes after whom must not matter.
        order.append(order.pop(0))
    figures: dict[str, float | None] = {UNTRACED: statistics.median(spent[UNTRACED]) * 1e6}
    figures |= {what: _ratio(spent[what], spent[UNTRACED]) for what in (NOTHING, EVERYTHING)}
    for name, (_, what) in PEERS.items():
        release = f" {metadata.version(name)}" if name in spent else ""
        figures[f"{name}{release}, {what}"] = _ratio(spent.get(name), spent[UNTRACED])
    for name in PEERS:
        figures[f"{name}, to {EVERYTHING}"] = _ratio(spent.get(name), spent[EVERYTHING])
    return figures


def _ratio(these: list[float] | None, those: list[float]) -> float | None:
    return statistics.median(a / b for a, b in zip(these, those, strict=True)) if these else None


def _seconds_per_get(start: Start, gets: int, times: int = 1) -> float:
    """CPU time of one GET, from `times` runs of `gets` of them, each on a connection and in a `start()` of its own."""
    gc.collect()
    spent = 0.0
    for _ in range(times):
        wire = Wire(_site())
        with start():
            for _ in range(WARM_UP):
                wire.send(GET)
            began = time.process_time()
            for _ in range(gets):
                wire.send(GET)
            spent += time.process_time() - began
    return spent / times / gets


def _costs(rounds: int, sizes: Sequence[int]) -> list[float]:
    """Microseconds that recording adds for each event of a trace, for traces of so many events."""
    calls = _calls_per_get()
    plain: list[float] = []
    ratios: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            # Short runs are repeated, or their times would be chance.
            gets, times = -(-size // calls), max(1, LONG_ENOUGH // size)
            # The plain run is cut in two, one before and one after: a machine that slows down slows both alike.
            before = _seconds_per_get(nullcontext, -(-gets // 2), times)
            recorded = _seconds_per_get(everything, gets, times)
            plain.append((before + _seconds_per_get(nullcontext, -(-gets // 2), times)) / 2)
            ratios[size].append(recorded / plain[-1])
    return [(statistics.median(ratios[size]) - 1) * statistics.median(plain) / calls * 1e6 for size in sizes]


def _bytes_per_event(gets: int) -> float:
    """The memory that is free again when a trace goes, over the number of its events."""
    wire = Wire(_site())
    for _ in range(WARM_UP):
        wire.send(GET)
    tracemalloc.start()
    try:
        with everything() as trace:
            for _ in range(gets):
                wire.send(GET)
        events = len(trace)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        del trace
        gc.collect()
        return (held - tracemalloc.get_traced_memory()[0]) / events
    finally:
        tracemalloc.stop()


def _start_up_ratio(ours: list[str], theirs: list[str], rounds: int) -> float | None:
    """CPU time of one Python process over that of another, from start to end; None where that can't be measured."""
    if not _installed("resource"):
        return None
    return statistics.median(process_seconds(ours) / process_seconds(theirs) for _ in range(rounds))


def process_seconds(arguments: list[str]) -> float:
    """CPU time of a Python process, from start to end."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Without `site`: hunter, once installed, would have every Python process import it at its start.
    subprocess.run([sys.executable, "-S", *arguments], env=_environment(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    """The environment of this process, in which another one finds all that this one does."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])
    return {**os.environ, "PYTHONPATH": path}


def _megabytes_grown() -> float | None:
    """What the memory of `big_file` grows by at its peak; None where it can't be read."""
    if not Path("/proc/self/status").exists():
        return None
    environment = _environment()
    command = [sys.executable, "-m", "snippets.producers.big_file", "--size", str(1 << 30)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = re.search(r":(\d+)/", server.stdout.readline() if server.stdout else "")
            if port is None:
                return None
            before = _memory(server.pid, "VmRSS")
            reader = [sys.executable, "-m", "snippets.producers.slow_reader", "127.0.0.1", port[1], "/file"]
            reader += ["--portion", "100000", "--pause", "0", "--most", str(TAKEN)]
            subprocess.run(reader, env=environment, stdout=subprocess.DEVNULL, check=True)
            return (_memory(server.pid, "VmHWM") - before) / 1e6
        finally:
            server.send_signal(signal.SIGINT)  # it deletes its file
            server.communicate()


def _memory(process: int, which: str) -> int:
    """A line of the status of a process, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0]) * 1024


def _checked(rounds: int) -> float | None:
    """CPU time of so many checks of solutions, beyond that of one; None where that can't be measured."""
    if not _installed("resource") or not hasattr(os, "fork"):
        return None
    return statistics.median(_checks_seconds(1 + CHECKS) - _checks_seconds(1) for _ in range(rounds))


def _checks_seconds(number: int) -> float:
    import resource

    def spent() -> float:
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    solved = itertools.cycle(folder for folder in shelf().values() if not folder.predicts)
    before = spent()
    with Process() as process:
        for folder in itertools.islice(solved, number):
            judge(folder, folder.solution, process)
    return spent() - before


def _served(plays: int, rounds: int) -> dict[str, float | None]:
    command = [sys.executable, "-m", "snippets.edition.bench_served", str(plays), str(rounds)]
    said = subprocess.run(command, env=_environment(), stdout=subprocess.PIPE, check=True).stdout
    figures: dict[str, float | None] = json.loads(said)
    return figures


def _installed(module: str) -> bool:
    return util.find_spec(module) is not None
