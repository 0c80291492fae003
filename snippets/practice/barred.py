"""Bars system calls that no exercise needs, and that reach round the limits of a sandbox or deep into the kernel."""

import errno
import platform
import struct

# What both sandboxes bar: memory that belongs to no process; other processes; new namespaces; parts of the kernel that
# have often had holes. Each call with its numbers on x86_64 and aarch64; None where the machine hasn't got it.
_EVERYWHERE: dict[str, tuple[int | None, int | None]] = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
}
# What is barred besides where the process is the only wall, for no namespace keeps it from what its user has.
_IN_THE_OPEN: dict[str, tuple[int | None, int | None]] = {
    # another process: there is one, and it stays in sight
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "prctl": (157, 167),
    # others: their signals, their pace
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    # sockets, of any kind
    "socket": (41, 198),
    "socketpair": (53, 199),
    # what is said of a file beside its content: Landlock doesn't guard it
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "open_by_handle_at": (304, 265),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # queues and semaphores that are no files
    "shmctl": (31, 195),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}
# What a call may be asked for there: the number of an argument, and its values. `kill` and its like are beside them.
_TERMINAL_OR_PIPE = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # read its state, block, close on exec
_DESCRIPTOR_OR_LOCK = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)  # and not who is sent a signal for it
_ONLY: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    "prlimit64": ((302, 261), 0, (0,)),
    "fcntl": ((72, 25), 1, _DESCRIPTOR_OR_LOCK),
    "ioctl": ((16, 29), 1, _TERMINAL_OR_PIPE),
}
_SIGNALS: dict[str, tuple[int, int]] = {"kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131)}
# machine -> its number in the kernel, its column above, `clone` and `clone3`
_MACHINES = {"x86_64": (0xC000003E, 0, 56, 435), "aarch64": (0xC00000B7, 1, 220, 435)}
_NEW_NAMESPACES, _THREAD = 0x7E020000, 0x00010000  # flags of clone
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_DENIED, _MISSING = _FAIL | errno.EPERM, _FAIL | errno.ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST, _EACH = 0, 4, 16, 8  # where they are in what a filter sees

_Step = tuple[int, int, int, int]


def program(own: int | None = None) -> bytes | None:
    """The filter, as bubblewrap and the kernel take it; None for a machine whose calls aren't known here.

    Args:
        own: for a process that no namespace holds: its number. It may then have threads, and nobody else.
    """
    if platform.machine() not in _MACHINES:
        return None
    machine, column, clone, clone3 = _MACHINES[platform.machine()]
    steps: list[_Step] = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _DENIED),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # the calls of x32, which are the same by other numbers
        (_RETURN, 0, 0, _DENIED),
        (_EQUAL, 0, 1, clone3),  # its flags lie in memory: without it, `clone` is taken
        (_RETURN, 0, 0, _MISSING),
    ]
    for numbers in [*_EVERYWHERE.values(), *(_IN_THE_OPEN.values() if own else ())]:
        if (number := numbers[column]) is not None:
            steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _DENIED)]
    if own:
        for each, argument, values in _ONLY.values():
            steps += _only(each[column], argument, values)
        for each in _SIGNALS.values():
            steps += _only(each[column], 0, (own,))
    steps += [
        (_EQUAL, 0, 5 if own else 3, clone),
        (_LOAD, 0, 0, _FIRST),
        (_ANY, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _DENIED),
        *(((_ANY, 1, 0, _THREAD), (_RETURN, 0, 0, _DENIED)) if own else ()),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _only(number: int, argument: int, values: tuple[int, ...]) -> list[_Step]:
    """Allow a call with these values of one argument, and deny it with others."""
    many = len(values)
    return [
        (_EQUAL, 0, many + 3, number),
        (_LOAD, 0, 0, _FIRST + _EACH * argument),
        *((_EQUAL, many - at, 0, value) for at, value in enumerate(values)),
        (_RETURN, 0, 0, _DENIED),
        (_RETURN, 0, 0, _ALLOW),
    ]
