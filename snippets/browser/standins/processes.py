"""Programs in Python that would be processes of their own, run in this one: their output is kept, all else put back."""

import contextlib
import io
import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, TextIO

NO_PROCESS = "a browser starts no processes"
_PACKAGE = "twisted.internet"  # in which a program's reactor is installed, for the rest of its process


def run(
    args: Sequence[Any],
    *,
    input: str | bytes | None = None,
    capture_output: bool = False,
    text: bool | None = None,
    check: bool = False,
    cwd: Any = None,
    env: Mapping[str, str] | None = None,
    stdout: Any = None,
    stderr: Any = None,
    universal_newlines: bool | None = None,
    **options: Any,
) -> "subprocess.CompletedProcess[Any]":
    """Stands in for `subprocess.run`, for `[sys.executable, "-m", MODULE, ...]`, `"-c"` and a file.

    Raises:
        OSError: it is to be another program than Python.
        CalledProcessError: it ended with another code than 0, and `check` was asked for.
    """
    command = [os.fsdecode(arg) for arg in ([args] if isinstance(args, str | bytes) else args)]
    if capture_output:
        stdout = stderr = subprocess.PIPE
    out = _Kept()
    err = out if stderr == subprocess.STDOUT else _Kept()
    given = input.encode() if isinstance(input, str) else input or b""
    with _apart(command, out, err, given, env, cwd):
        code = _ended(command)
    texts = bool(text or universal_newlines or options.get("encoding") or options.get("errors"))
    said = out.passed_on(stdout, sys.stdout, texts), err.passed_on(stderr, sys.stderr, texts)
    done = subprocess.CompletedProcess(args, code, *said)
    if check:
        done.check_returncode()
    return done


class _Kept(io.TextIOWrapper):
    """What a program prints."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", errors="backslashreplace", write_through=True)

    def passed_on(self, to: Any, else_to: TextIO, texts: bool) -> str | bytes | None:
        """What was printed, if that is where it is to go; else it goes on to a file."""
        data = self._bytes.getvalue()
        if to == subprocess.PIPE:
            return data.decode() if texts else data
        if to is None:
            else_to.write(data.decode())
        elif to not in (subprocess.DEVNULL, subprocess.STDOUT):
            os.write(to if isinstance(to, int) else to.fileno(), data)
        return None


def _ended(command: list[str]) -> int:
    """Run a program to its end, and return its exit code."""
    try:
        _run(command)
    except SystemExit as end:
        if isinstance(end.code, int) or end.code is None:
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _run(command: list[str]) -> None:
    _, *rest = command
    while rest and rest[0] in ("-u", "-B", "-I", "-S", "-E", "-s"):
        del rest[0]
    if not rest:
        raise SystemExit(0)  # nothing was typed
    if rest[0] == "-m":
        sys.argv = rest[1:]
        runpy.run_module(rest[1], run_name="__main__", alter_sys=True)
    elif rest[0] == "-c":
        sys.argv = ["-c", *rest[2:]]
        exec(compile(rest[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = rest
        runpy.run_path(rest[0], run_name="__main__")


@contextlib.contextmanager
def _apart(
    command: list[str], out: _Kept, err: _Kept, given: bytes, env: Mapping[str, str] | None, cwd: Any
) -> Iterator[None]:
    """Let a program have this interpreter to itself, as far as it would notice, and put everything back."""
    if command[0] not in (sys.executable, "python", "python3"):
        raise OSError(f"{command[0]}: {NO_PROCESS}; a program in Python runs in this one")
    kept = {name: getattr(sys, name) for name in ("argv", "path", "stdin", "stdout", "stderr", "displayhook")}
    environment, folder, main = dict(os.environ), os.getcwd(), sys.modules["__main__"]
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    sys.path = list(sys.path)
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"), out, err
    with contextlib.ExitStack() as stack:
        stack.callback(os.chdir, folder)
        stack.callback(os.environ.update, environment)
        stack.callback(os.environ.clear)
        for name, value in kept.items():
            stack.callback(setattr, sys, name, value)
        for number, handler in handlers.items():
            stack.callback(signal.signal, number, handler)
        stack.callback(sys.modules.__setitem__, "__main__", main)
        stack.enter_context(_no_reactor())
        if env is not None:
            os.environ.clear()
            os.environ.update(env)
        if cwd is not None:
            os.chdir(cwd)
        yield


@contextlib.contextmanager
def _no_reactor() -> Iterator[None]:
    """As in a new process no reactor of Twisted's is installed; afterwards the one that was is again."""
    before = _taken()
    task: Any = sys.modules.get(f"{_PACKAGE}.task")
    cooperator = task and task._theCooperator  # it asks the reactor for its turns
    if task:
        task._theCooperator = task.Cooperator()
    try:
        yield
    finally:
        _taken()
        if before:
            sys.modules[f"{_PACKAGE}.reactor"] = before
            setattr(sys.modules[_PACKAGE], "reactor", before)  # noqa: B010 (a module has no such attribute in types)
        if task:
            task._theCooperator = cooperator


def _taken() -> ModuleType | None:
    """The reactor that is installed, which then is so no more."""
    package = sys.modules.get(_PACKAGE)
    if package:
        vars(package).pop("reactor", None)
    return sys.modules.pop(f"{_PACKAGE}.reactor", None)


class Popen:
    """Stands in for `subprocess.Popen`, whose process would go on beside this one."""

    def __init__(self, args: Any, *_: Any, **options: Any) -> None:
        raise OSError(f"{args if isinstance(args, str) else args[0]}: {NO_PROCESS}")

    def __class_getitem__(cls, item: object) -> type["Popen"]:
        return cls


def replacements() -> list[tuple[Any, str, object]]:
    """What stands where: module, name, and what is put in its place."""
    return [(subprocess, "run", run), (subprocess, "Popen", Popen)]
