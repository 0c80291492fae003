"""Every command in the book's text is run as it stands there: servers serve, clients are answered, the rest ends."""

import re

import pytest

from snippets import catalogue
from snippets.workshop.prose import chapter_text
from tests.sandboxed import needs_a_sandbox
from tests.terminal import SERVER, TALK, typed

pytestmark = pytest.mark.once

COMMAND = re.compile(r"`((?:python -m snippets|printf|curl|nc)\b[^`]*)`")
GRADES = re.compile(r"^python -m snippets exercises grade\b")  # a sandbox can't be made on such a network
# What a command says when all is well, though its exit code is not 0.
INTERRUPTED = (-2, 130)


def paragraphs():
    """Each paragraph of the chapters with commands in it: where it stands, and the commands, servers first."""
    found = []
    for slug in catalogue.texts():
        for line in chapter_text(slug).lines:
            # `nc -N` alone names a tool; a command says what to do.
            if commands := [
                each for each in COMMAND.findall(line.text) if re.search(r"snippets \w|127\.0\.0\.1", each)
            ]:
                found.append(pytest.param(commands, id=f"{slug}:{line.number}"))
    return found


def serve_what_they_ask(commands):
    """A client whose server stands elsewhere in the text gets the one that listens on its port."""
    asked = {port for command in commands if not SERVER.match(command) for port in re.findall(r"\b8\d{3}\b", command)}
    served = {port for command in commands if SERVER.match(command) for port in re.findall(r"--port (\d+)", command)}
    return [f"python -m snippets run echo --port {port}" for port in asked - served]


@pytest.mark.parametrize("commands", paragraphs())
def test_every_command_does_what_it_is_there_for(commands, tmp_path):
    """Nothing on the reader's own ports is in its way: it has a loopback network of its own."""
    (tmp_path / "some" / "folder").mkdir(parents=True)
    if grades := any(GRADES.match(command) for command in commands):
        needs_a_sandbox()
    for command, code, out, err in typed(serve_what_they_ask(commands) + commands, tmp_path, network=not grades):
        assert "Traceback" not in err, (command, err)
        if command.startswith("python -m snippets drift"):
            assert code == 2, "it asks a package index, which a test can't reach"
            assert err.splitlines()[-1].startswith("error: Twisted")
        elif SERVER.match(command) or TALK.match(command):
            assert code in (0, *INTERRUPTED), (command, err)
        else:
            assert code == 0, (command, out, err)
            assert out, command
