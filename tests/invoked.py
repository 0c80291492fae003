"""Runs a command or a program of the book in this process: what a process of its own adds, few tests need."""

import contextlib
import gc
import io
import os
import runpy
import sys
import warnings
from unittest import mock

from click.testing import CliRunner
from twisted import internet

from snippets.__main__ import main
from tests.programs import Ended


def invoked(*args: str) -> Ended:
    """Run `snippets *args` as the shell would, without a terminal, and see how it ends."""
    code = 0
    with (
        CliRunner().isolation(env={"COLUMNS": "200"}) as (out, err, _),
        mock.patch.object(sys, "argv", ["snippets", *args]),
        warnings.catch_warnings(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.stdout.flush()
            gc.enable()  # a command that ends its process with its work goes without
    return Ended(code, out.getvalue().decode(), err.getvalue().decode())


def typed(*command: str) -> Ended:
    """Run a program as `python -m MODULE ...` does, up to its reactor: for what it refuses before it needs one."""
    dash_m, module, *args = command
    assert dash_m == "-m"
    reactor = mock.Mock()
    reactor.run.side_effect = AssertionError("that was not refused")
    code = 0
    with (
        mock.patch.object(internet, "reactor", reactor, create=True),
        mock.patch.dict(sys.modules, {"twisted.internet.reactor": reactor}),
        mock.patch("twisted.internet.task.react", reactor.run),
        mock.patch.object(sys, "argv", [module, *args]),
        mock.patch.dict(os.environ, COLUMNS="200"),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code or 0
    return Ended(code, out.getvalue(), err.getvalue())


def refused(ended: Ended, *said: str) -> str:
    """The command would not do it: exit code 2, nothing on standard output, and a last line that says why."""
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    line = [line for line in ended.err.splitlines() if line.strip()][-1]
    for part in said:
        assert part in line
    return line
