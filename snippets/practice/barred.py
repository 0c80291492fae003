"""Bars system calls that no exercise needs, and that reach round the limits of a sandbox or deep into the kernel."""

import errno
import platform
import struct

# Memory that belongs to no process; other processes; new namespaces; kernel parts that have often had holes.
_X86 = {
    "memfd_create": 319,
    "memfd_secret": 447,
    "shmget": 29,
    "shmat": 30,
    "semget": 64,
    "msgget": 68,
    "ptrace": 101,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "pidfd_getfd": 438,
    "unshare": 272,
    "setns": 308,
    "mount": 165,
    "umount2": 166,
    "pivot_root": 155,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "bpf": 321,
    "userfaultfd": 323,
    "perf_event_open": 298,
    "io_uring_setup": 425,
}
_ARM = {
    "memfd_create": 279,
    "memfd_secret": 447,
    "shmget": 194,
    "shmat": 196,
    "semget": 190,
    "msgget": 186,
    "ptrace": 117,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "pidfd_getfd": 438,
    "unshare": 97,
    "setns": 268,
    "mount": 40,
    "umount2": 39,
    "pivot_root": 41,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "bpf": 280,
    "userfaultfd": 282,
    "perf_event_open": 241,
    "io_uring_setup": 425,
}
# machine -> its number in the kernel, the calls, `clone` and `clone3`
_MACHINES = {"x86_64": (0xC000003E, _X86, 56, 435), "aarch64": (0xC00000B7, _ARM, 220, 435)}
_NEW_NAMESPACES = 0x7E020000  # the flags of clone that ask for one
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST = 0, 4, 16  # where they are in what a filter sees


def program() -> bytes | None:
    """The filter, as bubblewrap takes it; None for a machine whose calls aren't known here."""
    if platform.machine() not in _MACHINES:
        return None
    machine, calls, clone, clone3 = _MACHINES[platform.machine()]
    denied, missing = _FAIL | errno.EPERM, _FAIL | errno.ENOSYS
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, denied),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # the calls of x32, which are the same by other numbers
        (_RETURN, 0, 0, denied),
        (_EQUAL, 0, 1, clone3),  # its flags lie in memory: without it, `clone` is taken
        (_RETURN, 0, 0, missing),
    ]
    for number in calls.values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, denied)]
    steps += [
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _FIRST),
        (_ANY, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, denied),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
