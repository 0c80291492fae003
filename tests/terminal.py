"""Runs the commands of one paragraph as a reader types them, on a loopback network of their own.

Run as `unshare -rn python -m tests.terminal --new-network`, with the commands as JSON on standard input: a server
stays until the others have ended. Prints, as JSON, what came of each: the command, its exit code, standard output and
error.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT, hear_ctrl_c

SERVER = re.compile(r"^python (?:-m snippets run \w+ .*--port \d+|server\.py)")
NEW = "--new-network"
TALK = re.compile(r"^nc [\d.]+ (\d+)$")


def typed(commands: list[str], folder: Path, network: bool = True) -> list[tuple[str, int, str, str]]:
    """Type the commands in a folder, on a network of their own; what came of each, as `main` prints it.

    Without `network` they have none of their own, and open no port. Skips the test where it can't be had.
    """
    if not network:
        return _typed([sys.executable, "-m", "tests.terminal"], commands, folder)
    if sys.platform != "linux":
        pytest.skip("only Linux gives a process a network of its own")
    if lost := [name for name in ("unshare", "curl", "nc") if shutil.which(name) is None]:
        pytest.skip(f"not installed here: {', '.join(lost)}")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may make no network namespace")
    return _typed(["unshare", "-rn", sys.executable, "-m", "tests.terminal", NEW], commands, folder)


def _typed(words: list[str], commands: list[str], folder: Path) -> list[tuple[str, int, str, str]]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        words,
        input=json.dumps(commands),
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [tuple(each) for each in json.loads(ran.stdout)]


def loopback_up() -> None:
    """Switch the loopback interface on: a new network namespace has it, and it is down (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh14x", b"lo", 1)  # IFF_UP
        fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS


def start(command: str) -> subprocess.Popen[str]:
    """Start a command in a shell; an interrupt reaches it as Ctrl-C does, and not what started it."""
    return subprocess.Popen(
        ["bash", "-c", f"exec {command}" if "|" not in command else command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    )


def connected(port: int) -> bool:
    """Has somebody a connection to this port?"""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def talked(command: str, port: int) -> subprocess.Popen[str]:
    """Start a client that waits for a person to type, and hang up once it is connected."""
    process = start(command)
    while not connected(port) and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    return process


def main() -> None:
    """Run the commands in their order."""
    if NEW in sys.argv:
        loopback_up()
    servers, ended = [], []
    for command in json.load(sys.stdin):
        if SERVER.match(command):
            process = start(command)
            servers.append((command, process, process.stdout.readline()))
            continue
        client = TALK.match(command)
        process = talked(command, int(client[1])) if client else start(command)
        out, err = process.communicate(timeout=300)
        ended.append((command, process.returncode, out, err))
    for command, process, first in servers:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        ended.append((command, process.returncode, first + out, err))
    json.dump(ended, sys.stdout)


if __name__ == "__main__":
    main()
