"""Landlock: a process of Linux gives up all files but some, and so for every process that it starts.

https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

from snippets.practice import barred

LEAST = 3  # the first that keeps a file from being emptied: Linux 6.2
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every machine
_VERSION, _BENEATH = 1, 1
_WRITE, _READ, _LIST, _REMOVE, _MAKE, _TRUNCATE = (1 << bit for bit in (1, 2, 3, 5, 8, 14))
LISTED, READ, WRITTEN = _LIST, _READ | _LIST, _READ | _LIST | _WRITE | _REMOVE | _MAKE | _TRUNCATE
_OF_A_FILE = _READ | _WRITE | _TRUNCATE
# From which version on there is what: rights over files, over TCP (to listen, to connect), and what leaves the fence
# (sockets without a file, signals). Whatever is named here and not granted is refused.
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_TCP, _FENCED = {4: 3}, {6: 3}
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # of prctl

_libc = ctypes.CDLL(None, use_errno=True)


class Missing(Exception):
    """There is none here; the message says why."""


def version() -> int:
    """Which version the kernel has.

    Raises:
        Missing: none, or one that is too old.
    """
    if sys.platform != "linux" or barred.program() is None:
        raise Missing("it is part of Linux, and is used here on x86_64 and aarch64")
    try:
        found = _call(_CREATE, None, 0, _VERSION)
    except OSError as error:
        raise Missing(f"this kernel has none, or it is switched off ({error.strerror})") from None
    if found < LEAST:
        raise Missing(f"this kernel has version {found} of it, and {LEAST} (Linux 6.2) is needed")
    return found


def ruleset(rights: Iterable[tuple[int, str]], known: int) -> int:
    """An open set of rules: these rights beneath these paths, and none elsewhere; no TCP, nothing past the fence.

    Args:
        rights: `LISTED`, `READ` or `WRITTEN`, each with a path.
        known: the version to go by.

    Raises:
        OSError: a path isn't there, or the kernel refuses.
    """
    handled = [sum(bits for since, bits in each.items() if since <= known) for each in (_FILES, _TCP, _FENCED)]
    opened = _call(_CREATE, struct.pack("=3Q", *handled), 24, 0)
    for right, path in rights:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            is_folder = stat.S_ISDIR(os.fstat(beneath).st_mode)
            granted = right if is_folder else right & _OF_A_FILE
            _call(_ADD, opened, _BENEATH, struct.pack("=Qi", granted, beneath), 0)
        finally:
            os.close(beneath)
    return opened


def enter(rules: int) -> None:
    """Give up whatever the rules don't grant, for ever, and every program that would give more.

    Raises:
        OSError: the kernel refuses.
    """
    _done(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _call(_RESTRICT, rules, 0)


def bar(program: bytes) -> None:
    """Put a filter of system calls upon this process, for ever.

    Raises:
        OSError: the kernel refuses.
    """
    steps = ctypes.create_string_buffer(program, len(program))
    given = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    _done(_libc.prctl(_SECCOMP, _FILTER, given, 0, 0))


def _call(number: int, *words: bytes | int | None) -> int:
    return _done(_libc.syscall(ctypes.c_long(number), *(ctypes.c_long(w) if isinstance(w, int) else w for w in words)))


def _done(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
