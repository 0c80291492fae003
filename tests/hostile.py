"""Files that would do harm: each bounded, so that a sandbox with a hole in it harms nobody who runs the tests."""

from snippets.practice.grading import hostile

# What begins with a dollar is put in by the test. Each is a file for an exercise that wants `add(a, b)`.
HELPERS = """
import contextlib, ctypes, gc, json, os, re, signal, socket, stat, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
scratch = os.environ.get("TMPDIR", "/nowhere")  # the one folder that can be written to
still = threading.Event().wait  # what really waits

def add(a, b):
    return 0

def tell(*found):
    raise Exception(repr(found))

def hole():
    tell("rea" "ched")

def search(top, names):
    for folder, inner, files in os.walk(top):
        if folder.startswith(("/proc", "/dev")) or folder == "/usr" != top:
            inner.clear()
        yield from (os.path.join(folder, name) for name in [*files, *inner] if names(name))
"""
HOSTILE = hostile.HOSTILE | {
    # without end
    "a loop in C": "sum(iter(int, 1))",
    "a loop in C that no signal of Python's interrupts": "re.match('(a+)+$', 'a' * 60 + 'b')",
    "a number that takes a year": "9 ** 9 ** 9 ** 9",
    "a loop that ignores what is said to it": """
        for number in range(1, 65):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_IGN)
        while True: pass
    """,
    "a wait": "still(600)",
    "a wait with everything closed": "os.closerange(0, 1000); still(600)",
    "a thread that goes on": "threading.Thread(target=still, args=(600,)).start()",
    "a loop when it is thrown away": """
        class Sticky:
            def __del__(self):
                while True: pass
        add = Sticky()
        del add
    """,
    "a recursion": "def down(): down()\nsys.setrecursionlimit(10**9)\ndown()",
    # too much
    "memory, bit by bit": "kept = []\nfor _ in range(3000): kept.append(b'x' * (1 << 20))",
    "memory in many processes": """
        for _ in range(20):
            if os.fork() == 0:
                kept = b"x" * (200 << 20)
                still(2)
                os._exit(0)
        still(2)
    """,
    "forks of forks": """
        for _ in range(300):
            with contextlib.suppress(OSError):
                os.fork()
        still(600)
    """,
    "threads": """
        for _ in range(2000):
            threading.Thread(target=still, args=(60,), daemon=True).start()
    """,
    "a GB of output, around Python": """
        for number in (0, 1, 2):
            for _ in range(300):
                with contextlib.suppress(OSError):
                    os.write(number, b"x" * (1 << 20))
    """,
    "a full disk": """
        for number in range(20):
            with open(f"{scratch}/{number}", "wb") as file:
                file.write(b"x" * (10 << 20))
    """,
    "ten thousand files": """
        for number in range(10000):
            open(f"{scratch}/{number}", "w").close()
    """,
    "folders in folders": """
        os.chdir(scratch)
        for _ in range(2000):
            os.mkdir("d")
            os.chdir("d")
    """,
    "memory that is no process's": """
        for number in range(8):
            found = os.memfd_create("kept")
            os.write(found, b"x" * (16 << 20))
        hole()
    """,
    "an exception of a hundred MB": "raise ValueError('x' * (100 << 20))",
    "an answer of a hundred MB": "def add(a, b): return 'x' * (100 << 20)",
    "an answer without a bottom": """
        def add(a, b):
            found = []
            for _ in range(100000): found = [found]
            return found
    """,
    # out of the sandbox
    "writing at home": "open('$home' + '/canary', 'w').write('eaten')",
    "writing wherever it can": """
        for folder in ('$home', "/", "/tmp", "/book", "/usr", "/dev", "/dev/shm", "/var/tmp", sys.prefix, os.__file__):
            with contextlib.suppress(OSError):
                open(folder + "/eaten", "w").close()
                open(folder, "a").write("eaten")
    """,
    "looking for another student": "tell(*search('/', lambda name: name == 'canary'))",
    "looking for the solutions": """
        tell(*search("/", lambda name: name in ("framed_echo", "an_echo", "a_sum", "wrong_forgets.py")))
    """,
    "the environment of the grader": "tell(*os.environ.items())",
    "the environment of every process": """
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                print(open(f"/proc/{name}/environ").read())
        tell(*filter(str.isdigit, os.listdir("/proc")))
    """,
    "a connection": "socket.create_connection(('127.0.0.1', $port), 1).send(b'x'); hole()",
    "a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', $port))",
    "a socket without a file": "socket.socket(socket.AF_UNIX).connect('\\0$name'); hole()",
    "signals to the process above": "[os.kill(os.getppid(), number) for number in (15, 2, 19)]; still(600)",
    "ending every process": "os.kill(-1, 9)",
    "stopping every process": """
        for pid in range(1, 200):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
    """,
    "tracing the process above": """
        if libc.ptrace(16, os.getppid(), 0, 0) == 0:
            hole()
    """,
    "a child that stays": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                still(60)
            os._exit(0)
        tell("left one")
    """,
    "a child that holds what it got": """
        if os.fork() == 0:
            os.setsid()
            still(60)
        os._exit(0)
    """,
    "becoming root": "os.setuid(0); hole()",
    "a namespace of its own": """
        if libc.unshare(0x10000000) == 0:
            hole()
    """,
    "a namespace for a child": """
        pid = libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | 17, 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            hole()
    """,
    "memory that is no process's, as of old": """
        for _ in range(8):
            if libc.shmget(0, 16 << 20, 0o1666) >= 0:
                hole()
    """,
    "mounting": """
        if libc.mount(b"none", scratch.encode(), b"tmpfs", 0, None) == 0 or libc.umount2(b"/usr", 2) == 0:
            hole()
    """,
    "the devices": """
        os.mknod(f"{scratch}/disk", stat.S_IFBLK | 0o666, os.makedev(254, 0))
        hole()
    """,
    "the kernel's own switches": """
        for name in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches"):
            with contextlib.suppress(OSError):
                open(name, "w")
                hole()
        tell("tried")
    """,
    "another program": "tell(subprocess.run(['/bin/sh', '-c', 'id; cat $home/canary'], capture_output=True).stdout)",
    # a pass without an answer
    "replies into every pipe": """
        reply = json.dumps({"talks": [{"outcomes": [{"value": 3}], "errors": []}] * 2, "printed": ""})
        for number in range(3, 200):
            with contextlib.suppress(OSError):
                os.write(number, reply.encode() + b"\\n")
        os._exit(0)
    """,
    "replies into every pipe of the process above": """
        for number in range(200):
            path = f"/proc/{os.getppid()}/fd/{number}"
            with contextlib.suppress(OSError):
                # Nothing but pipes: a library's own file may be open there, too, and would be written over.
                stat.S_ISFIFO(os.stat(path).st_mode) and open(path, "wb").write(b'{"ended": "reply"}\\n')
        os._exit(0)
    """,
    "the packages, where there are none": """
        for top in ("/", "/usr/lib/python3", "/usr/local"):
            sys.path += list(search(top, lambda name: name in ("site-packages", "dist-packages")))
        import twisted
        hole()
    """,
    "a crash": "ctypes.string_at(0)",
    "an end": "os._exit(0)",
    "a polite end": "sys.exit(0)",
    "no text": "\0",
}
