"""A small shelf of exercises for the tests of what checks them: an echo to repair, a sum to build, one to foresee."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from snippets.practice import shelf

PROGRAM = """
import sys
from pathlib import Path
from snippets.practice import shelf
shelf.FOLDER = Path(sys.argv[1])
sys.argv[:2] = ["snippets"]
from snippets.__main__ import main
main()
"""

CHECK = """
    from snippets.practice.talk import Exercise, call, send, talk

    EXERCISE = Exercise(
        chapter="{chapter}", title="{title}", kind="{kind}", minutes=5, section="{section}", way="{way}", name="{name}"
    )
"""
ECHO = {
    "check.py": CHECK.format(
        chapter="02_protocol_transport",
        title="An echo",
        kind="repair",
        section="The cut",
        way="protocol",
        name="Echo",
    )
    + """

    def talks(chance):
        yield talk("A message is answered.", send(b"one\\n"))
        yield talk("Half a message is none.", send(b"o"))
        yield talk("The rest comes later.", send(b"o"), send(b"ne\\n"))
        yield talk("Whatever it says.", send(b"%d\\n" % chance.randint(0, 10**9)))
    """,
    "starter.py": '''
    """Answer each line by `[line]`.

    It takes pieces for lines. Repair it.
    """

    from twisted.internet.protocol import Protocol


    class Echo(Protocol):
        def dataReceived(self, data):
            self.transport.write(b"[" + data.rstrip() + b"]\\n")
    ''',
    "solution.py": '''
    """What has no end yet is kept."""

    from twisted.internet.protocol import Protocol


    class Echo(Protocol):
        kept = b""

        def dataReceived(self, data):
            *lines, self.kept = (self.kept + data).split(b"\\n")
            for line in lines:
                self.transport.write(b"[" + line + b"]\\n")
    ''',
    "wrong_forgets.py": '''
    """The piece without an end
    was thrown away."""

    from twisted.internet.protocol import Protocol


    class Echo(Protocol):
        def dataReceived(self, data):
            for line in data.split(b"\\n")[:-1]:
                self.transport.write(b"[" + line + b"]\\n")
    ''',
    "hints.md": """
    # An echo

    ## Hint

    Where does a line end?

    ## Hint

    Keep the rest in an attribute.
    """,
}
SUM = {
    "check.py": CHECK.format(
        chapter="03_line_receiver", title="A sum", kind="build", section="The source", way="plain", name="add"
    )
    + """

    def talks(chance):
        yield talk("Two numbers.", call("add", 1, 2))
        yield talk("Other numbers.", call("add", 3, chance.randint(0, 10**9)))
    """,
    "starter.py": '''
    """Write `add(a, b)`, which returns the sum of two numbers."""
    ''',
    "solution.py": '''
    """The sum."""


    def add(a, b):
        return a + b
    ''',
    "hints.md": "# A sum\n\n## Hint\n\nPlus.\n",
}
CALLS = {
    "check.py": CHECK.format(
        chapter="04_site_factory", title="How many", kind="predict", section="The run", way="plain", name=""
    )
    + """

    def truth():
        return {"calls": len("three"), "first": b"GET /", "kept": True, "states": ["a", "b"]}


    SAYS = {
        "calls": "Each letter counts.",
        "first": "It begins with the verb.",
        "kept": "Nobody asked to close.",
        "states": "There are two.",
    }
    LIKELY = {"calls": {4: "the letters without the last"}, "states": {("a",): "only the first"}}
    """,
    "starter.py": '''
    """Foresee what happens."""

    calls = ...
    first = ...
    kept = ...
    states = ...
    ''',
    "hints.md": "# How many\n\n## Hint\n\nCount.\n\n## Hint\n\nCount again, the letters this time.\n",
}
SHELF = {"an_echo": ECHO, "a_sum": SUM, "some_calls": CALLS}
RIGHT = {
    "an_echo": textwrap.dedent(ECHO["solution.py"]),
    "a_sum": "def add(a, b):\n    return a + b\n",
    "some_calls": 'calls = 5\nfirst = b"GET /"\nkept = True\nstates = ["a", "b"]\n',
}


def write(folder: Path) -> Path:
    """Write the exercises into a folder."""
    for slug, files in SHELF.items():
        (folder / slug).mkdir(parents=True)
        for name, text in files.items():
            (folder / slug / name).write_text(textwrap.dedent(text).lstrip(), "utf-8")
    return folder


@contextmanager
def only_these(folder: Path) -> Iterator[Path]:
    """While it runs, the exercises in a folder are the only ones there are."""
    with mock.patch.object(shelf, "FOLDER", folder):
        shelf.shelf.cache_clear()
        yield folder
    shelf.shelf.cache_clear()
