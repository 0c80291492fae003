"""Checks in this interpreter, as a browser makes them: the same verdicts as by a process, and nothing left behind."""

import gc
import os
import signal
import sys
import textwrap
import time
import warnings

import pytest
from twisted.internet import defer, task
from twisted.logger import globalLogBeginner, globalLogPublisher
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
        assert 0 < plays[0].steps < counted.STEPS / 20

    def test_a_wrong_answer_is_told_as_by_a_process(self, slug, process):
        folder = shelf()[slug]
        wrong = folder.wrongs[0]
        mine, other = (judge(folder, wrong.source, place, seed=5) for place in (Here(), process))
        assert not mine.passed
        assert wrong.says.replace("\n", " ") in mine.lines
        assert mine.lines == other.lines


ANSWER = "class A:\n    pass\ndef add(a, b): return A()"
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
    "in what it writes of an answer": ANSWER.replace("pass", "def __repr__(self):\n        while True: pass"),
    "in what it writes of an error": ANSWER.replace("pass", "def __str__(self):\n        while True: pass")
    .replace("class A", "class A(BaseException)")
    .replace("return", "raise"),
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
    "an answer whose repr raises": ANSWER.replace("pass", "def __repr__(self): return 1 / 0"),
    "an answer whose repr leaves": ANSWER.replace("pass", "def __repr__(self): raise SystemExit"),
    "an answer whose repr ends it": ANSWER.replace("pass", "def __repr__(self): import os; os._exit(4)"),
    "an answer whose repr is no text": ANSWER.replace("pass", "__repr__ = None"),
    "an answer in itself": "def add(a, b):\n    found = []\n    found.append(found)\n    return found",
    "a key whose str raises": ANSWER.replace("pass", "def __str__(self): return 1 / 0").replace("A()", "{A(): 1}"),
    "an error whose str raises": "class E(Exception):\n    def __str__(self): return 1 / 0\nraise E",
    "an error whose str raises it": "class E(Exception):\n    def __str__(self): raise self\nraise E",
    "what it throws away": "class A:\n    def __del__(self):\n        while True: pass\na = A()",
    "what it throws away and leaves": "class A:\n    def __del__(self): import os; os._exit(5)\na = A()",
    "another reply": "from snippets.practice import coded\ncoded.dumps = lambda told: '{'\ndef add(a, b): return 3",
    "another JSON": "import json\njson.dumps = json.loads = lambda *args, **options: 5\ndef add(a, b): return 3",
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


def told(source, place, slug=""):
    return judge(exercise(slug or ("a_sum" if "def add" in source else "an_echo")), source, place, seed=1)


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
        assert verdict.lines[0].endswith("): not yet. Your code could not be talked to.")
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


SETTINGS = """
import gc, os, signal, sys
gc.disable()
gc.set_threshold(7)
sys.setrecursionlimit(200)
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.chdir(FOLDER)
os.environ.clear()
os.environ["NEW"] = "1"
sys.modules["twisted.web.server"] = sys.modules["twisted.web.nowhere"] = None
sys.meta_path.clear()
sys.path_hooks.append(None)

def add(a, b): return a + b
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

    def test_what_is_logged_goes_where_it_went(self):
        before = watched(), dict(vars(globalLogBeginner))
        source = "import sys\nfrom twisted.python import log\nlog.startLogging(sys.stdout)\ndef add(a, b): return a + b"
        verdict = told(source, Here())
        assert verdict.passed, verdict
        assert (watched(), vars(globalLogBeginner)) == before

    def test_what_is_no_attribute_of_anything_is_put_back(self, tmp_path):
        def state():
            lists = [sys.path.copy(), sys.meta_path.copy(), sys.path_hooks.copy()]
            settings = [os.getcwd(), dict(os.environ), sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold()]
            return sys.modules["twisted.web.server"], lists, settings, signal.getsignal(signal.SIGINT)

        before = state()
        verdict = told(SETTINGS.replace("FOLDER", repr(str(tmp_path))), Here())
        assert verdict.passed, verdict
        assert state() == before
        assert "twisted.web.nowhere" not in sys.modules

    def test_where_the_folder_that_one_is_in_is_gone_a_check_goes_on(self, tmp_path, monkeypatch):
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        assert told(RIGHT["a_sum"], Here()).passed

    def test_nor_does_a_module_keep_its_patches_that_the_file_is_the_first_to_load(self):
        program = textwrap.dedent(
            """
            import sys
            from snippets.practice.here import Here
            from snippets.practice.shelf import shelf
            source = "from twisted.web import vhost\\nimport colorsys\\n"
            source += "vhost.NameVirtualHost.getChild = vhost.new = colorsys.rgb_to_hsv = None"
            print(sys.modules.keys() & {"twisted.web.vhost", "colorsys"})
            Here().play(shelf()["framed_echo"].head, source, "a.py", [])
            import colorsys
            from twisted.web import vhost
            print(hasattr(vhost, "new"), vhost.NameVirtualHost.getChild and colorsys.rgb_to_hsv and "whole")
            print(type(vhost.__loader__).__name__, type(vhost.__spec__.loader).__name__)
            """
        )
        assert run("-c", program) == (0, "set()\nFalse whole\nSourceFileLoader SourceFileLoader\n", "")

    def test_the_files_of_a_reactor_that_code_has_made_are_closed(self):
        def files():
            return len(os.listdir("/proc/self/fd"))

        source = (
            "from twisted.internet import reactor\nfrom twisted.internet.protocol import Factory\n"
            "reactor.listenTCP(0, Factory(), interface='127.0.0.1')\ndef add(a, b): return a + b"
        )
        told(source, Here())  # with the first port Twisted opens a file that it keeps for when there are too many
        before = files()
        assert told(source, Here()).passed
        assert files() == before

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
