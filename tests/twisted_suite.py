"""Runs tests of Twisted's own, while nothing or everything on the path of a request is recorded.

Usage: python twisted_suite.py alone|recorded FOLDER MODULE...
"""

import sys
from collections.abc import Iterator
from contextlib import nullcontext

from twisted.protocols.basic import LineReceiver
from twisted.scripts.trial import run
from twisted.web import http, server

from snippets.lens.names import can_be_recorded
from snippets.lens.path import PATH
from snippets.lens.trace import record

CLASSES = (http.HTTPChannel, http._GenericHTTPChannelProtocol, http.Request, server.Request, LineReceiver)


def points() -> Iterator[str]:
    """The path of a request, and every function of the classes that handle it."""
    yield from (step.name for step in PATH)
    for cls in CLASSES:
        yield from (f"{cls.__module__}:{cls.__name__}.{name}" for name in vars(cls) if can_be_recorded(vars(cls)[name]))


def main(how: str, folder: str, modules: list[str]) -> int:
    """Run the tests of `modules` in `folder`, tell on stderr how many calls of how many functions were recorded."""
    sys.argv = ["trial", "--reporter=verbose", f"--temp-directory={folder}", *modules]
    with record(points()) if how == "recorded" else nullcontext() as trace:
        try:
            run()
        except SystemExit as leaving:
            failed = bool(leaving.code)
    if trace is not None:
        print(len(trace), len({event.name for event in trace.events}), file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
