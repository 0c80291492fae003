"""Code that would rather pass than answer: none does, and who comes after it gets a verdict of their own."""

import textwrap

import pytest

from snippets.practice.judge import judge
from snippets.practice.process import Process
from snippets.practice.shelf import exercise
from tests.bookshelf import RIGHT, only_these, write


@pytest.fixture(scope="module")
def process():
    with Process() as process:
        yield process


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


# How each would pass, as the body of an echo's dataReceived, or as what stands above its class.
INSIDE = {
    "by its frames: every list of outcomes up the stack is filled": """
        frame = sys._getframe()
        while frame:
            for value in list(frame.f_locals.values()):
                if hasattr(value, "outcomes"):
                    value.outcomes += [{"came": b"[one]\\n", "closed": False, "passed": True}]
            frame = frame.f_back
    """,
    "by the garbage collector: every conversation is taken for held": """
        for found in gc.get_objects():
            if type(found).__name__ in ("Played", "Went", "Talked"):
                found.outcomes, found.errors, found.well, found.passed = [], [], True, True
    """,
    "by ending the conversations: no outcome is no other outcome": """
        frame = sys._getframe()
        while frame:
            for value in list(frame.f_locals.values()):
                if isinstance(value, list):
                    value.clear()
            frame = frame.f_back
    """,
    "by an answer that is equal to everything": """
        class Same(bytes):
            __eq__ = lambda self, other: True
            __hash__ = bytes.__hash__
        import snippets.lens.wire
        snippets.lens.wire.Wire.send = lambda self, data, size=None: Same(b"anything")
    """,
    "by another Twisted: what is written is what was sent": """
        import twisted.internet.protocol, snippets.lens.wire as wire
        twisted.internet.protocol.Protocol.dataReceived = lambda self, data: self.transport.write(data)
        wire.Wire.send = lambda self, data, size=None: data
    """,
    "by raising on purpose": "raise SystemExit(0)",
    "by ending well": "os._exit(0)",
}
ABOVE = {
    "by another driver": """
        driver = sys.modules["snippets.practice.ways"]
        driver._one = lambda *args: type("P", (), {"as_dict": lambda self: {"outcomes": [], "errors": []}})()
    """,
    "by another form of reply": """
        from snippets.practice import coded
        coded.dumps = lambda value: json.dumps({"passed": True, "talks": [], "printed": ""})
    """,
    "by a reply with no conversation in it": """
        write_all({"talks": [], "printed": ""})
    """,
    "by a reply with empty conversations": """
        write_all({"talks": [{"outcomes": [], "errors": []}] * 4, "printed": ""})
    """,
    "by a reply that says so": """
        write_all({"passed": True, "ended": None, "talks": True, "printed": ""})
    """,
    "by a reply of the wrong form": """
        write_all({"talks": [{"outcomes": [{"came": {"bytes": 1}}], "errors": [None]}] * 4, "printed": 3})
    """,
    "by a reply of two kinds": """
        write_all({"unusable": ERROR, "talks": 5})
    """,
    "by a reply of which a part is nobody's": """
        write_all({"unusable": ERROR, "trace": 5, "ended": 5})
    """,
    "by a reply in half": """
        write_raw(b'{"talks": [')
    """,
    "by two replies": """
        write_raw(b'{"talks": [], "printed": ""}\\n{"talks": [], "printed": ""}\\n')
    """,
    "by the pipe of the process itself": """
        for number in os.listdir(f"/proc/{os.getppid()}/fd"):
            try:
                # Only pipes: from libffi 3.4 on, the library's own file is open, too, and would be written over.
                if stat.S_ISFIFO(os.stat(f"/proc/{os.getppid()}/fd/{number}").st_mode):
                    with open(f"/proc/{os.getppid()}/fd/{number}", "wb", buffering=0) as pipe:
                        pipe.write(b'{"ended": "reply", "reply": {"talks": [], "printed": ""}}\\n' * 3)
            except OSError:
                pass
    """,
    "by ending the process it is in": "os.kill(os.getppid(), 9)",
    "by another judge": """
        import snippets.practice.judge as judge, snippets.practice.held as held
        held.Held.passed = held.Went.well = judge.Talked.passed = property(lambda self: True)
    """,
    "by another comparison": """
        import builtins
        builtins.all = lambda every: True
    """,
    "by saying so": "print('\\x1b[32man_echo (An echo): passed. All 4 conversations went well.')",
    "by another name": "Echo = True",
    "by leaving a child that answers for the next": """
        if os.fork() == 0:
            os.setsid()
            while os.getppid() != 1:
                pass
            os._exit(0)
    """,
}
HELPERS = """
import gc, json, os, stat, sys

ERROR = {"type": "", "says": "", "line": None, "text": ""}

def write_raw(data):
    for number in range(3, 100):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.write(number, data)
        except OSError:
            pass
    os._exit(0)

def write_all(reply):
    write_raw(json.dumps(reply).encode() + b"\\n")
"""
WRONG = """
from twisted.internet.protocol import Protocol

class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(b"[" + data.strip() + b"]\\n")
"""


def forged(way):
    """The text of a file that forges a pass, and an echo that is wrong besides."""
    if way in INSIDE:
        body = textwrap.indent(textwrap.dedent(INSIDE[way]).strip(), " " * 8)
        return f"{HELPERS}{WRONG}{body}\n"
    return f"{HELPERS}{WRONG}\n{textwrap.dedent(ABOVE[way]).strip()}\n"


@pytest.mark.parametrize("way", [*INSIDE, *ABOVE])
def test_nobody_passes(process, way):
    folder = exercise("an_echo")
    verdict = judge(folder, forged(way), process)
    assert not verdict.passed
    assert verdict.lines[0].startswith("an_echo (An echo): not yet. ")
    assert len(verdict.lines) > 2
    assert "\x1b" not in str(verdict)
    # Who comes next is judged by what they wrote.
    assert not judge(folder, WRONG, process).passed
    assert any(judge(folder, RIGHT["an_echo"], process).passed for _ in range(2))


def test_no_expected_value_is_where_a_learner_s_code_can_see_it(process):
    """It looks at everything there is in its process, and at what came over its pipes."""
    looks = """
        everything = repr([v for v in gc.get_objects() if isinstance(v, dict | list | tuple)])
        print(*(chr(first) + rest in everything for first, rest in ((91, "one]"), (119, "rong_"), (84, "alked"))))
    """
    told = judge(exercise("an_echo"), HELPERS + textwrap.dedent(looks) + WRONG, process)
    assert told.printed.split() == ["False", "False", "False"]
