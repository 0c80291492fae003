"""Checks in this interpreter, as a browser makes them: the same verdicts as by a process, and nothing left behind."""

import gc
import os
import sys
import textwrap
import time
import warnings

import pytest
from twisted.internet import defer, task
from twisted.logger import globalLogPublisher
from twisted.protocols.basic import LineReceiver
from twisted.web import http, resource, server

from snippets.lens import wire
from snippets.practice import counted, notebook
from snippets.practice.counted import Counted
from snippets.practice.judge import judge
from snippets.practice.process import Process
from snippets.practice.shelf import exercise, shelf
from tests.bookshelf import RIGHT, only_these, write
from tests.programs import run

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="steps are counted from Python 3.12 on"),
]
if hasattr(sys, "monitoring"):
    from snippets.practice.here import Here

TALKED = [slug for slug, folder in shelf().items() if not folder.predicts]


@pytest.fixture(scope="module")
def process():
    with Process() as process:
        yield process


@pytest.mark.parametrize("slug", TALKED)
class TestEveryExercise:
    def test_the_solution_does_as_in_a_process_in_a_twentieth_of_the_steps_there_are(self, slug, process, monkeypatch):
        plays = []

        def noted(file):
            plays.append(Counted(file))
            return plays[-1]

        monkeypatch.setattr("snippets.practice.here.Counted", noted)
        folder = shelf()[slug]
        mine, other = (
            place.play(folder.head, folder.solution, "solution.py", folder.talks(5)) for place in (Here(), process)
        )
        assert mine["talks"] == other["talks"]
        assert [0 < play.steps < counted.STEPS / 20 for play in plays] == [True]

    def test_a_wrong_answer_is_told_as_by_a_process(self, slug, process):
        folder = shelf()[slug]
        wrong = folder.wrongs[0]
        mine, other = (judge(folder, wrong.source, place, seed=5) for place in (Here(), process))
        assert not mine.passed
        assert wrong.says.replace("\n", " ") in mine.lines
        assert mine.lines == other.lines


# Code that has no end, or ends what runs it; in an echo's file.
ENDLESS = {
    "a loop": "while True:\n    pass",
    "a loop in a line": "while True: pass",
    "a loop that holds on": "def f():\n    while True:\n        try:\n            while True: pass\n"
    "        except BaseException: pass\nf()",
    "a loop that holds on at its end": "while True:\n    try: x = 1\n    finally: continue",
    "a comprehension": "x = [i for i in iter(lambda: 0, 1)]",
    "calls that call two": "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(90)",
    "generators": "def f():\n    while True: yield\nfor x in f(): pass",
    "a loop of Python's own": "import heapq, itertools\nsum(heapq.merge(itertools.count(), itertools.count()))",
    "in a method": RIGHT["an_echo"].replace("        *lines,", "        while True: pass\n        *lines,"),
    "in a callback": RIGHT["an_echo"].replace(
        "        *lines,",
        "        from twisted.internet.defer import succeed\n"
        "        succeed(0).addCallback(lambda x: [y for y in iter(lambda: 0, 1)])\n        *lines,",
    ),
}
LEAVING = {
    "a reactor": "from twisted.internet import reactor\nreactor.run()",
    "its end": "import os\nos._exit(3)",
    "no error": "import os\nos._exit(0)",
    "a signal": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "a kill": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "exit": "import sys\nsys.exit(0)",
    "Ctrl-C": "raise KeyboardInterrupt",
    "an exception of its own": "class E(BaseException): pass\nraise E('passed')",
    "nothing there": "x = 1",
    "no Python": "class Echo(",
    "no text": "x = '\0'",
    "an import": "import nowhere",
    "a call of itself": "def f(): f()\nf()",
    "a question": "input('? ')",
    "depth": "(" * 5000 + ")" * 5000,
    "memory": "raise MemoryError",
    "prints": "for n in range(10**4): print('x' * 100, n)\nclass Echo: pass",
    "a check": "from snippets.practice.process import Process\nProcess()",
}


@pytest.fixture
def few_steps(monkeypatch):
    """What has no end has none after fewer steps, either."""
    monkeypatch.setattr("snippets.practice.here.Counted", lambda file: Counted(file, steps=50_000))


@pytest.fixture
def small_shelf(tmp_path):
    with only_these(write(tmp_path / "shelf")) as folder:
        yield folder


def told(source, place, slug="an_echo"):
    return judge(exercise(slug), source, place, seed=1)


def watched():
    """What a check replaces meanwhile."""
    return (
        (sys.stdout, sys.stderr, time.sleep, server.datetimeToString, task._theCooperator, warnings.showwarning),
        list(globalLogPublisher._observers),
        [sys.monitoring.get_tool(number) for number in range(6)],
    )


@pytest.mark.usefixtures("small_shelf")
class TestWhateverCodeDoes:
    @pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
    def test_what_has_no_end_is_ended_with_the_message_of_a_process_and_all_is_as_it_was(self, source, few_steps):
        before = watched()
        verdict = told(source, Here())
        assert verdict.lines[0] == "an_echo (An echo): not yet. Your code could not be talked to."
        assert verdict.lines[2].startswith("It ran without coming to an end, and was stopped in line ")
        assert verdict.lines[3] == "Is there a loop that never ends?"
        assert watched() == before
        assert not wire._replacing._is_owned()
        assert "SNIPPETS_PRACTICE_INSIDE" not in os.environ
        assert told(RIGHT["an_echo"], Here()).passed

    def test_the_line_is_that_of_the_loop(self, process):
        source = "def f():\n    x = 1\n\n    while True: x += 1\n\n\nf()"
        mine, other = (told(source, place).lines for place in (Here(), process))
        assert mine == other
        assert "in line 4: while True: x += 1" in mine[2]

    @pytest.mark.parametrize("source", LEAVING.values(), ids=LEAVING)
    def test_what_ends_or_can_t_be_used_is_told_as_by_a_process(self, source, process):
        if "reactor" in source:  # for which a process waits half a minute
            assert "waited" in str(told(source, Here()))
            assert "in line 2: reactor.run()" in str(told(source, Here()))
        else:
            assert told(source, Here()).lines == told(source, process).lines

    def test_what_takes_long_is_ended_however_few_its_steps(self, monkeypatch):
        monkeypatch.setattr("snippets.practice.here.Counted", lambda file: Counted(file, seconds=0.2))
        assert "It ran without coming to an end" in str(told("while True: sorted(range(10**5))", Here()))

    def test_a_flood_of_answers_is_told(self):
        assert "more than a megabyte" in str(told("def add(a, b): return 'x' * (2 << 20)", Here(), "a_sum"))

    def test_what_is_printed_is_shown_and_only_there(self, capsys):
        verdict = told("print('said')\ndef add(a, b):\n    print('called')", Here(), "a_sum")
        assert verdict.lines[-4:] == ["Your code printed:", "    said", "    called", "    called"]
        assert capsys.readouterr() == ("", "")

    def test_what_is_given_to_code_can_t_be_changed_by_it(self, small_shelf):
        """Arguments and results go by way of JSON, as between processes."""
        (small_shelf / "a_sum" / "check.py").write_text(
            (small_shelf / "a_sum" / "check.py").read_text("utf-8").replace("1, 2", "[1], (2,)"), "utf-8"
        )
        shelf.cache_clear()
        folder = exercise("a_sum")
        talks = folder.talks(1)
        told = Here().play(folder.head, "def add(a, b):\n    a += b\n    return tuple(a)", "add.py", talks)
        assert told["talks"][0]["outcomes"] == [{"value": [1, 2]}]
        assert folder.talks(1) == talks

    def test_a_failed_deferred_that_nobody_asks_about_is_told_to_nobody(self, capfd):
        code = RIGHT["an_echo"] + (
            "    def connectionLost(self, reason):\n        pass\n\n\nfrom twisted.internet.defer import fail\n"
            "kept = fail(ValueError('unheard'))\nkept.itself = kept\n"
        )
        told(code, Here())
        gc.collect()
        assert capfd.readouterr() == ("", "")


PATCHES = """
import http.client, os, random, sys, time
from twisted.internet import defer, reactor, task
from twisted.protocols.basic import LineReceiver
from twisted.web import http as web, resource, server

web.datetimeToString = server.datetimeToString = lambda *args: b"patched"
web.NEW = 1
vars(web).pop("CREATED", None)
web.RESPONSES.clear()
resource.Resource.render = lambda self, request: b"patched"
resource.Resource.new = 1
LineReceiver.delimiter = b"|"
server.Request.defaultContentType = None
defer.Deferred.callback = None
time.time = random.random = lambda: 4
os.getcwd = None
sys.path.clear()
sys.stdout = None
task._theCooperator = None

def add(a, b):
    reactor.callLater(0, print)
    return a + b
"""


@pytest.mark.usefixtures("small_shelf")
class TestNothingIsLeft:
    def test_what_is_patched_is_put_back(self):
        def state():
            places = (http, resource, server, defer, task, time, os, sys, resource.Resource, LineReceiver)
            held = [dict(vars(place)) for place in (*places, server.Request, defer.Deferred)]
            return held, dict(http.RESPONSES), list(sys.path), sys.modules.get("learner")

        before = state()
        verdict = told(PATCHES, Here(), "a_sum")
        after = state()
        assert verdict.passed, verdict
        for mine, other in zip(after[0], before[0], strict=True):
            assert {name for name in mine.keys() | other.keys() if mine.get(name) is not other.get(name)} == set()
        assert after[1:] == before[1:]

    def test_the_reactor_is_another_one_for_the_code_and_stays_that_of_whoever_checks(self):
        program = textwrap.dedent(
            """
            import sys
            from twisted.internet import reactor
            import twisted.internet
            from snippets.practice.here import Here
            from snippets.practice.shelf import shelf
            source = "from twisted.internet import reactor\\ndef own(): return reactor"
            folder = shelf()["framed_echo"]
            told = Here().play(folder.head, "from twisted.internet import reactor\\nprint(id(reactor))", "a.py", [])
            print(told["printed"].strip() != str(id(reactor)), told["printed"] != "")
            from twisted.internet import reactor as again
            print(again is reactor is sys.modules["twisted.internet.reactor"] is twisted.internet.reactor)
            """
        )
        assert run("-c", program) == (0, "True True\nTrue\n", "")

    def test_nor_is_there_one_where_none_was(self):
        program = textwrap.dedent(
            """
            import sys
            from snippets.practice.here import Here
            from snippets.practice.shelf import shelf
            folder = shelf()["framed_echo"]
            Here().play(folder.head, "from twisted.internet import reactor", "a.py", [])
            import twisted.internet
            print("twisted.internet.reactor" in sys.modules, hasattr(twisted.internet, "reactor"))
            from twisted.internet import asyncioreactor
            asyncioreactor.install()
            """
        )
        assert run("-c", program) == (0, "False False\n", "")

    def test_classes_that_were_checked_are_gone(self):
        from twisted.internet.protocol import Protocol

        before = set(Protocol.__subclasses__())
        told(RIGHT["an_echo"], Here())
        assert set(Protocol.__subclasses__()) <= before

    def test_garbage_is_looked_for_as_before(self):
        frozen = gc.get_freeze_count()
        told(RIGHT["an_echo"], Here())
        assert gc.get_freeze_count() == frozen == 0
        assert gc.isenabled()


class TestInANotebook:
    def test_in_a_browser_the_place_is_this_interpreter(self, monkeypatch):
        monkeypatch.setattr(notebook, "_KEPT", [])
        monkeypatch.setattr(sys, "platform", "emscripten")
        assert isinstance(notebook._place(), Here)
        assert notebook._place() is notebook._place()

    def test_elsewhere_it_is_a_process(self, monkeypatch):
        monkeypatch.setattr(notebook, "_KEPT", [])
        with notebook._place() as place:
            assert isinstance(place, Process)
