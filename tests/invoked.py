"""Runs a command of the project in this process: what a process of its own adds, few tests need."""

import gc
import sys
import warnings
from unittest import mock

from click.testing import CliRunner

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


def refused(ended: Ended, *said: str) -> str:
    """The command would not do it: exit code 2, nothing on standard output, and a last line that says why."""
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    line = [line for line in ended.err.splitlines() if line.strip()][-1]
    for part in said:
        assert part in line
    return line
