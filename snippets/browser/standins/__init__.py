"""What stands in, in a browser, for the parts of an operating system that it lacks; Twisted runs on it unchanged."""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import Any

WHAT: list[tuple[str, str]] = [
    (
        "Sockets",
        "A port and its clients are in this page, and nobody else can connect. What they send is kept in memory, by "
        "the rules of Linux's loopback interface.",
    ),
    (
        "epoll, poll and select",
        "They tell which of these sockets are ready, in the order in which Linux tells it. Where nothing is ready they "
        "wait as long as they are asked to. A reactor to which nothing can happen any more is stopped, where in a "
        "terminal it would wait for you.",
    ),
    (
        "Processes",
        "A cell that starts Python runs that program in this Python, to its end.",
    ),
    (
        "The loop of asyncio",
        "It is the browser's own; asyncio's code for sockets runs on it, over the sockets of this page.",
    ),
]

_before: list[tuple[Any, str, object]] = []
_ABSENT = object()


def install() -> None:
    """Put the stand-ins in their places, before Twisted is imported. Harmless twice."""
    if _before:
        return
    _fill("fcntl")
    from snippets.browser.standins.loop import replacements as in_loop
    from snippets.browser.standins.pipes import replacements as in_os
    from snippets.browser.standins.processes import replacements as in_subprocess
    from snippets.browser.standins.selecting import replacements as in_select
    from snippets.browser.standins.sockets import replacements as in_socket

    for replacements in (in_os, in_socket, in_select, in_subprocess):
        _put(replacements())
    with contextlib.suppress(ImportError):
        _put(in_loop(importlib.import_module("pyodide.webloop").WebLoop))
    if sys.platform == "emscripten":
        from twisted.python.runtime import Platform

        # Asked by whoever chooses a reactor: an EPollReactor needs an epoll, and has one.
        _put([(Platform, "isLinux", lambda platform: True), (sys, "executable", sys.executable or "python")])


def _fill(name: str) -> None:
    """The kernel of JupyterLite puts an empty module over the real one; give it what the real one has.

    Who has imported the empty one has it then, too. That may be Twisted: its clock alone imports what asks for fcntl.
    """
    planted = sys.modules.get(name)
    if planted and not hasattr(planted, name):
        del sys.modules[name]
        vars(planted).update(vars(importlib.import_module(name)))
        sys.modules[name] = planted


def _put(replacements: list[tuple[Any, str, object]]) -> None:
    for place, name, value in replacements:
        _before.append((place, name, vars(place).get(name, _ABSENT)))
        setattr(place, name, value)


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """The stand-ins, while the block runs; what was imported by name before it keeps the real ones."""
    install()
    try:
        yield
    finally:
        while _before:
            place, name, value = _before.pop()
            delattr(place, name) if value is _ABSENT else setattr(place, name, value)
