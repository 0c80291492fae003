"""Files that reach for what is beside them where no namespace hides it; as those of `tests.hostile`, bounded."""

IN_THE_OPEN = {
    # files of others
    "emptying at home": "os.truncate('$home' + '/canary', 0)",
    "emptying at home while reading": "os.open('$home' + '/canary', os.O_RDONLY | os.O_TRUNC)",
    "removing at home": "os.unlink('$home' + '/canary')",
    "moving from home": "os.rename('$home' + '/canary', scratch + '/canary')",
    "moving to home": "open(scratch + '/mine', 'w').close(); os.rename(scratch + '/mine', '$home' + '/mine')",
    "a second name for what is at home": "os.link('$home' + '/canary', scratch + '/canary'); hole()",
    "a link to home": "os.symlink('$home' + '/canary', scratch + '/canary'); hole()",
    "making things at home": """
        for make in (os.mkdir, os.mkfifo, os.mknod, lambda path: os.symlink("/", path)):
            with contextlib.suppress(OSError):
                make('$home' + '/made')
                hole()
    """,
    "other rights, owners and dates": """
        path = '$home' + '/canary'
        for change in (
            lambda: os.chmod(path, 0),
            lambda: os.chmod('$home', 0o700),
            lambda: os.chown(path, os.getuid(), -1),
            lambda: os.utime(path, (0, 0)),
            lambda: os.setxattr(path, "user.eaten", b"1"),
            lambda: os.removexattr(path, "user.none"),
            lambda: os.chmod(scratch, 0o777),
        ):
            try:
                change()
            except PermissionError:
                continue
            hole()
    """,
    "reading what is the system's": """
        for path in ("/etc/passwd", "/proc/1/stat", "/proc/self/stat", "/proc/$grader/environ", "$book/README.md"):
            with contextlib.suppress(OSError):
                open(path).read()
                hole()
    """,
    "listing what is the system's": """
        for path in ("/", "/tmp", "/etc", "/proc", "/proc/self/fd", "/home", "$home", "$book", "/dev", "/usr/bin"):
            with contextlib.suppress(OSError):
                os.listdir(path)
                tell("rea" "ched", path)
    """,
    "hearing of others' files": """
        if libc.inotify_init() >= 0 or libc.inotify_init1(0) >= 0:
            hole()
    """,
    # other processes
    "a signal to the grader": """
        for pid in ($grader, os.getppid()):
            with contextlib.suppress(OSError):
                os.kill(pid, 0)
                hole()
            with contextlib.suppress(OSError):
                os.pidfd_open(pid)
                hole()
            info = (ctypes.c_int * 32)(0, 0, -1)  # as sigqueue says it
            calls = ((129, pid), (297, pid, pid)) if os.uname().machine == "x86_64" else ((138, pid), (240, pid, pid))
            for call in calls:
                if libc.syscall(*call, 0, info) == 0:
                    hole()
    """,
    "a signal to the grader by a pipe": """
        import fcntl
        for command, value in ((fcntl.F_SETOWN, $grader), (10, 9), (15, 0)):
            with contextlib.suppress(OSError):
                fcntl.fcntl(os.pipe()[0], command, value)
                hole()
    """,
    "the limits of the grader": """
        import resource
        resource.prlimit($grader, resource.RLIMIT_NOFILE)
        hole()
    """,
    "the pace of the grader": """
        for slow in (
            lambda: os.setpriority(os.PRIO_PROCESS, $grader, 19),
            lambda: os.sched_setaffinity($grader, {0}),
            lambda: os.sched_setscheduler($grader, os.SCHED_IDLE, os.sched_param(0)),
        ):
            try:
                slow()
            except PermissionError:
                continue
            hole()
    """,
    "a process by another name": """
        clone = 56 if os.uname().machine == "x86_64" else 220
        ways = [(clone, 17), (clone, 0x4000 | 0x100 | 17), (clone, 0x8000 | 17)] + [(57, 0)] * (clone == 56)
        for call, flags in ways:
            pid = libc.syscall(call, flags, 0, 0, 0, 0)
            if pid == 0:
                os._exit(0)
            if pid > 0:
                hole()
        tell("tried")
    """,
    "another program in its place": """
        libc.execveat(-100, b"/bin/true", None, None, 0)
        os.execv("/bin/true", ["true"])
    """,
    "staying when the one above has gone": """
        if libc.prctl(1, 0, 0, 0, 0) == 0:
            hole()
    """,
    # what is no file
    "sockets of every kind": """
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                with contextlib.suppress(OSError):
                    socket.socket(family, kind)
                    hole()
        socket.socketpair()
        hole()
    """,
    "memory, semaphores and queues of others": """
        calls = [(each, 0) for each in (libc.shmctl, libc.semctl, libc.msgctl, libc.semop, libc.msgsnd, libc.msgrcv)]
        for call, what in [*calls, (libc.mq_open, b"/x"), (libc.mq_unlink, b"/x")]:
            if call(what, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 13):  # refused, and not looked for
                hole()
    """,
    # too much
    "threads, and little of each": """
        threading.stack_size(32768)
        for _ in range(2000):
            threading.Thread(target=still, args=(60,), daemon=True).start()
        still(60)
        hole()
    """,
    "a disk full of files without names": """
        import tempfile
        kept = []
        for _ in range(60):
            kept.append(tempfile.TemporaryFile())
            kept[-1].write(b"x" * (10 << 20))
        hole()
    """,
    "a disk filled through memory": """
        import mmap, tempfile
        for _ in range(60):
            file = tempfile.TemporaryFile()
            file.truncate(15 << 20)
            kept = mmap.mmap(file.fileno(), 15 << 20)
            for page in range(0, 15 << 20, 4096):
                kept[page] = 1
            os.dup(file.fileno())
        still(0.3)
        hole()
    """,
}
