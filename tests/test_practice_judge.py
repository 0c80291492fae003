"""Verdicts on code: what passes, what is said of what doesn't, and that whatever code does, the check goes on."""

import os
import textwrap
from unittest import mock

import pytest

from snippets.lens.errors import LensError
from snippets.practice.judge import judge
from snippets.practice.process import Process
from snippets.practice.shelf import exercise
from tests.bookshelf import RIGHT, only_these, write
from tests.programs import run


@pytest.fixture(scope="module")
def process():
    with Process() as process:
        yield process


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


@pytest.fixture
def verdict(process):
    """The verdict on code for an exercise; what is printed and raised is in its text."""

    def verdict(source, slug="an_echo", **options):
        return judge(exercise(slug), textwrap.dedent(source), process, **options)

    return verdict


ECHO = """
from twisted.internet.protocol import Protocol

class Echo(Protocol):
    def dataReceived(self, data):
        {}
"""


class TestWhatIsSaid:
    def test_the_solution_passes(self, verdict):
        passed = verdict(RIGHT["an_echo"])
        assert passed.passed
        assert passed.lines == ["an_echo (An echo): passed. All 4 conversations went well."]

    def test_the_first_conversation_that_goes_wrong_is_told_step_by_step(self, verdict):
        assert verdict(exercise("an_echo").starter).lines == [
            "an_echo (An echo): not yet. 2 of 4 conversations went well.",
            "",
            "Not this one: Half a message is none.",
            "    client a sends: b'o'",
            "        came      b'[o]\\n', open",
            "        expected  nothing, open",
            "",
            "Why: chapter 02, “The cut” (notebooks/02_protocol_transport.ipynb#The-cut)",
        ]

    def test_who_behaves_like_a_foreseen_wrong_answer_is_told_what_that_means(self, verdict):
        """The same behaviour, by other code."""
        alike = ECHO.format(r"[self.transport.write(b'[%s]\n' % x) for x in data.split(b'\n')[:-1]]")
        told = verdict(alike)
        assert told.wrong.name == "wrong_forgets"
        assert "The piece without an end was thrown away." in told.lines

    def test_an_exception_is_told_with_the_line_it_came_from(self, verdict):
        text = str(verdict(ECHO.format("self.transport.write(data.strip())\n        self.count += 1")))
        assert "AttributeError" in text
        assert "in line 7: self.count += 1" in text

    def test_what_comes_of_a_call_is_compared(self, verdict):
        text = str(verdict("def add(a, b): return str(a + b)", "a_sum"))
        assert "call add(1, 2)\n        came      '3'\n        expected  3" in text

    def test_a_call_that_raises_is_told(self, verdict):
        text = str(verdict("def add(a, b): raise KeyError(a)", "a_sum"))
        assert "nothing: your code raised" in text
        assert "It raised KeyError: 1 in line 1" in text

    def test_each_conversation_begins_with_the_file_as_new(self, verdict):
        told = verdict("seen = []\ndef add(a, b):\n    seen.append(a)\n    return a + b + len(seen) - 1", "a_sum")
        assert told.passed

    def test_sleeping_is_counted_and_not_slept(self, verdict):
        told = verdict("from time import sleep\ndef add(a, b):\n    sleep(1000)\n    return a + b", "a_sum")
        assert "slept 1000.0 s" in str(told)
        assert "stops the reactor" in str(told)

    def test_the_same_seed_holds_the_same_conversations(self, verdict):
        mine, other = (verdict("def add(a, b): return 0", "a_sum", seed=4) for _ in range(2))
        assert mine == other

    def test_a_dict_that_looks_like_bytes_is_none(self, verdict):
        told = verdict("def add(a, b): return {'bytes': 'x'}", "a_sum")
        assert told.went[0].outcomes == [{"value": {"bytes": "x"}}]


# What a file is, and what is said of it.
FILES = {
    "": "it doesn't define Echo",
    "x = 1": "it doesn't define Echo",
    "class Echo(": "SyntaxError: '(' was never closed in line 1: class Echo(",
    "x = 1\n  y = 2": "IndentationError: unexpected indent in line 2: y = 2",
    "x = '\0'": "null bytes",
    "import nowhere": "ModuleNotFoundError: No module named 'nowhere' in line 1",
    "import sys\nsys.exit(0)": "sys.exit in line 2",
    "raise SystemExit": "sys.exit in line 1",
    "raise KeyboardInterrupt": "KeyboardInterrupt in line 1",
    "class E(BaseException): pass\nraise E('passed')": "E: passed in line 2",
    "import os\nos._exit(3)": "exit code 3",
    "import os\nos._exit(0)": "exit code 0",
    "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
    "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)": "signal 15",
    "import ctypes\n\nctypes.string_at(0)": "SIGSEGV) in line 3: ctypes.string_at(0)",
    "x = b'x' * (4 << 30)": "more memory than there is for it in line 1",
    "x = []\nwhile True:\n    x.append(bytes(1 << 20))": "more memory than there is",
    "def f(): f()\nf()": "RecursionError",
    "input()": "EOFError",
    "while True:\n    pass": "stopped in line",
    "x = 1\nsum(iter(int, 1))": "stopped in line 2: sum(iter(int, 1))",
    "(" * 5000 + ")" * 5000: "It can't be imported",
}


class TestWhateverCodeDoes:
    @pytest.mark.parametrize("source", FILES, ids=lambda source: repr(source)[:40])
    def test_there_is_a_message(self, verdict, source):
        told = verdict(source)
        assert not told.passed
        assert FILES[source] in str(told)
        assert told.lines[0] == "an_echo (An echo): not yet. Your code could not be talked to."

    def test_the_process_goes_on_after_each(self, verdict):
        assert verdict(RIGHT["an_echo"]).passed

    def test_a_flood_of_output_is_cut(self, verdict):
        told = verdict("for _ in range(10**5): print('x' * 100)")
        assert len(told.printed) <= 2000
        assert len(str(told)) < 10_000

    def test_a_flood_of_answers_is_told(self, verdict):
        assert "more than a megabyte" in str(verdict("def add(a, b): return 'x' * (2 << 20)", "a_sum"))

    def test_escapes_are_shown_as_what_they_are(self, verdict):
        text = str(verdict("print('\\x1b[2J\\x1b[32mpassed\\x1b[0m')\ndef add(a, b): return '\\x1b[2J'", "a_sum"))
        assert "\x1b" not in text
        assert "\\x1b[2J\\x1b[32mpassed" in text

    @pytest.mark.parametrize("name", ["\\x1b[2J", "E\\nan_echo: passed."])
    def test_an_exception_may_be_called_anything(self, verdict, name):
        text = str(verdict(f"raise type('{name}', (Exception,), {{}})('\\x1b[2J')"))
        assert "\x1b" not in text
        assert len(text.splitlines()) == 3

    def test_threads_that_never_end_are_not_waited_for(self, verdict):
        endless = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
        assert verdict(endless + RIGHT["an_echo"]).passed

    def test_a_grandchild_that_holds_the_pipe_is_not_waited_for(self, verdict):
        leaving = "import os, threading\nif os.fork() == 0: os.setsid(); threading.Event().wait(20)\n"
        assert verdict(leaving + RIGHT["an_echo"]).passed
        assert "exit code 0" in str(verdict(leaving + "os._exit(0)"))

    def test_who_closes_the_pipe_and_goes_on_is_stopped(self, verdict):
        assert not verdict("import os\nos.closerange(3, 100)\nwhile True: os.getpid()").passed

    @pytest.mark.parametrize(("source", "ended"), [("threading.Event().wait()", "wall"), ("while True: pass", "cpu")])
    def test_who_waits_is_told_from_who_computes_though_time_is_up_for_both(self, source, ended):
        """With less patience than there is, and so in a process of its own."""
        request = {"source": f"import threading\n\n{source}", "file": "a", "way": "plain", "name": "add", "talks": []}
        told = run(
            "-c",
            "from snippets.practice import inside\ninside.WALL_SECONDS, inside.CPU_SECONDS = 2, 4\n"
            f"told = inside.answer({request})\nprint(told['ended'], 'line 3' in told['trace'])",
        )
        assert (told.out, told.err) == (f"{ended} True\n", "")

    def test_code_that_is_checked_can_check_nothing(self, verdict):
        text = str(verdict("from snippets.practice.process import Process\nProcess()"))
        assert "this code is being checked" in text

    def test_after_ctrl_c_no_reply_is_taken_for_another(self, process, verdict):
        verdict(RIGHT["an_echo"])
        with (
            mock.patch.object(process._learners._started.stdout, "readline", side_effect=KeyboardInterrupt),
            pytest.raises(KeyboardInterrupt),
        ):
            verdict(RIGHT["an_echo"])
        assert not verdict("class Echo: pass").passed
        assert verdict(RIGHT["an_echo"]).passed

    def test_a_solution_that_can_t_be_played_is_the_book_s_own_fault(self, verdict, shelf):
        solution = shelf / "a_sum" / "solution.py"
        text = solution.read_text("utf-8")
        solution.write_text("import os\nos._exit(1)", "utf-8")
        with pytest.raises(LensError, match=r"own solution.py of a_sum could not be played: exit; check again"):
            verdict("def add(a, b): return 1", "a_sum")
        solution.write_text(text, "utf-8")

    def test_where_the_solution_has_no_answer_nobody_passes(self, verdict, shelf):
        """Nothing is equal to nothing: a solution that this kit can't talk to would let everybody pass."""
        solution = shelf / "a_sum" / "solution.py"
        text = solution.read_text("utf-8")
        solution.write_text("def add(a): return a", "utf-8")
        with pytest.raises(LensError, match=r"own solution.py of a_sum gives no answer"):
            verdict("def add(a): return a", "a_sum")
        solution.write_text(text, "utf-8")

    def test_without_a_fork_there_is_no_check(self, monkeypatch):
        monkeypatch.delattr(os, "fork")
        with pytest.raises(LensError, match="WSL"):
            Process()
