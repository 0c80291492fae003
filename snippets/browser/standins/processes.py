"""Programs in Python that would be processes of their own, run in this one: their output is kept, all else put back."""

import contextlib
import io
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NO_PROCESS = "a browser starts no processes"
# What a program of Twisted's installs for the rest of its process.
_INSTALLED = "twisted.internet.reactor"


def run(
    args: Sequence[Any],
    *,
    input: str | bytes | None = None,
    capture_output: bool = False,
    text: bool | None = None,
    check: bool = False,
    cwd: Any = None,
    env: Mapping[str, str] | None = None,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    encoding: str | None = None,
    errors: str | None = None,
    universal_newlines: bool | None = None,
    timeout: float | None = None,
    **options: Any,
) -> "subprocess.CompletedProcess[Any]":
    """Stands in for `subprocess.run`, for `[sys.executable, "-m", MODULE, ...]`, `"-c"` and a file.

    Raises:
        OSError: it is to be another program than Python.
        CalledProcessError: it ended with another code than 0, and `check` was asked for.
    """
    command = [os.fspath(arg) for arg in args] if not isinstance(args, str | bytes) else [os.fsdecode(args)]
    out, err = _Kept(), _Kept()
    both = stderr == subprocess.STDOUT
    given = input.encode() if isinstance(input, str) else input or b""
    with _apart(command, out, out if both else err, given, env, cwd):
        code = _ended(command)
    texts = bool(text or encoding or errors or universal_newlines)
    caught = {
        "stdout": capture_output or stdout == subprocess.PIPE,
        "stderr": capture_output or stderr == subprocess.PIPE,
    }
    said = {"stdout": out, "stderr": err}
    results = {name: said[name].result(texts) for name, kept in caught.items() if kept}
    for name in caught.keys() - results:
        said[name].pass_on(name)
    done = subprocess.CompletedProcess(args, code, results.get("stdout"), results.get("stderr"))
    if check:
        done.check_returncode()
    return done


class _Kept(io.TextIOWrapper):
    """What a program prints."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", errors="backslashreplace", write_through=True)

    def result(self, text: bool) -> str | bytes:
        data = self._bytes.getvalue()
        return data.decode() if text else data

    def pass_on(self, name: str) -> None:
        getattr(sys, name).write(self._bytes.getvalue().decode())


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
        raise OSError(f"{command[0]}: {NO_PROCESS}; of Python programs it runs the code in its own one")
    kept = {name: getattr(sys, name) for name in ("argv", "path", "stdin", "stdout", "stderr", "displayhook")}
    environment, folder = dict(os.environ), os.getcwd()
    main = sys.modules["__main__"]
    sys.path = list(sys.path)
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"), out, err
    with _no_reactor():
        try:
            if env is not None:
                os.environ.clear()
                os.environ.update(env)
            if cwd is not None:
                os.chdir(cwd)
            yield
        finally:
            sys.modules["__main__"] = main
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            for name, value in kept.items():
                setattr(sys, name, value)


@contextlib.contextmanager
def _no_reactor() -> Iterator[None]:
    """As in a new process no reactor of Twisted's is installed; afterwards the one that was is again."""
    package, _, name = _INSTALLED.rpartition(".")
    before = sys.modules.pop(_INSTALLED, None)
    if before:
        delattr(sys.modules[package], name)
    try:
        yield
    finally:
        made = sys.modules.pop(_INSTALLED, None)
        if made and hasattr(sys.modules[package], name):
            delattr(sys.modules[package], name)
        if before:
            sys.modules[_INSTALLED] = before
            setattr(sys.modules[package], name, before)


class Popen:
    """Stands in for `subprocess.Popen`, whose process would go on beside this one."""

    def __init__(self, args: Any, *_: Any, **options: Any) -> None:
        raise OSError(f"{args if isinstance(args, str) else args[0]}: {NO_PROCESS}")

    def __class_getitem__(cls, item: object) -> type["Popen"]:
        return cls


def replacements() -> list[tuple[Any, str, object]]:
    """What stands where: module, name, and what is put in its place."""
    return [(subprocess, "run", run), (subprocess, "Popen", Popen)]
