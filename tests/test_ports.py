"""The port that a program is given: the same check and the same words in every program that takes one."""

import socket
from contextlib import suppress

import pytest

from snippets import catalogue
from snippets.catalogue import Snippet
from tests.invoked import typed
from tests.programs import refused, run

pytestmark = pytest.mark.once

MORE = {"files": ["."], "pipeline_client": ["/"]}  # the arguments that a program can't do without


def taking(argument: str) -> pytest.MarkDecorator:
    """Parametrizes a test with the programs that take the port as this argument."""
    programs = [each for each in catalogue.snippets() if f'add_argument("{argument}"' in each.file.read_text("utf-8")]
    return pytest.mark.parametrize("program", programs, ids=lambda program: program.name)


@taking("--port")
class TestServers:
    def test_what_is_no_port_is_refused(self, program: Snippet):
        for port in ("-1", "65536"):
            said = f"{program.name}: error: argument --port: a port is a number from 0 to 65535, not {port}"
            refused(typed("-m", program.module, f"--port={port}", *MORE.get(program.name, [])), said)
        refused(typed("-m", program.module, "--port=http"), "argument --port: invalid int value: 'http'")

    def test_a_port_in_use_is_one_line(self, program: Snippet):
        # The highest of all: it is either free, and taken here, or in use already.
        with socket.socket() as other:
            with suppress(OSError):
                other.bind(("127.0.0.1", 65535))
            other.listen()
            ended = run("-m", program.module, "--port", "65535", *MORE.get(program.name, []))
        refused(ended)
        assert ended.err == f"{program.name}: can't listen on port 65535: Address already in use; try another --port\n"


@taking("port")
def test_a_client_refuses_what_is_no_port(program: Snippet):
    for port in ("0", "65536"):
        said = f"{program.name}: error: argument port: a port is a number from 1 to 65535, not {port}"
        refused(typed("-m", program.module, "127.0.0.1", port, *MORE.get(program.name, [])), said)
    refused(typed("-m", program.module, "127.0.0.1", "http"), "argument port: invalid int value: 'http'")


@taking("port")
def test_no_server_on_a_port_is_one_line(program: Snippet):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        ended = run("-m", program.module, "127.0.0.1", str(port), *MORE.get(program.name, []))
    refused(ended)
    assert ended.err.startswith(f"{program.name}: ")
    assert f" 127.0.0.1:{port}: " in ended.err
    assert "refused" in ended.err
    assert len(ended.err.splitlines()) == 1
