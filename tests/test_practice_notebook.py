"""`check` in a notebook: the text of cells as a real kernel keeps them, and what it takes of which."""

import textwrap

import nbformat
import pytest
from nbclient import NotebookClient

from snippets.lens.errors import LensError
from snippets.practice.notebook import _local, check
from snippets.practice.offered import cell
from snippets.practice.shelf import exercise
from snippets.workshop.notebook import NOTEBOOKS
from tests.bookshelf import ECHO, RIGHT, only_these, write

BAD = textwrap.dedent(ECHO["starter.py"])
GOOD = RIGHT["an_echo"]
PASSED = "an_echo (An echo): passed. All 4 conversations went well."


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return write(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def client(shelf):
    """A kernel in the folder of the chapters, in which `check` and the shelf of these tests are there."""
    client = NotebookClient(
        nbformat.v4.new_notebook(), kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}
    )
    with client.setup_kernel():
        yield client


@pytest.fixture
def cells(client, shelf):
    """Runs cells one after another; what the last shows, as text."""

    def run(*sources):
        begin = "%reset -f\nfrom pathlib import Path\nfrom snippets.practice import shelf\n"
        begin += f"shelf.FOLDER = Path({str(shelf)!r})"
        for source in (begin, "from snippets.practice.notebook import check", *sources):
            cell = nbformat.v4.new_code_cell(source)
            client.nb.cells = [cell]
            client.execute_cell(cell, 0)
        return "".join(o.get("text") or o["data"]["text/plain"] for o in cell.outputs)

    return run


def test_the_cell_that_defines_it_is_checked(cells):
    assert cells(BAD, "check('an_echo', Echo)").startswith("an_echo (An echo): not yet. 2 of 4")
    assert cells(GOOD, "check('an_echo', Echo)") == PASSED


def test_a_cell_that_is_run_again_gives_the_new_definition(cells):
    assert cells(BAD, GOOD, "check('an_echo', Echo)") == PASSED
    assert cells(GOOD, BAD, "check('an_echo', Echo)").startswith("an_echo (An echo): not yet.")


def test_the_check_may_stand_in_the_same_cell(cells):
    assert cells(f"{GOOD}\ncheck('an_echo', Echo)") == PASSED
    assert cells(f"{GOOD}\nv = check('an_echo', Echo); print(v)") == f"{PASSED}\n"


@pytest.mark.parametrize("slug", ["an_echo", "some_calls"])
def test_what_a_chapter_offers_is_a_cell_that_checks_itself(cells, shelf, slug):
    with only_these(shelf):
        folder = exercise(slug)
        offered = cell(folder)
    assert cells(offered).startswith(f"{folder.title}: not yet.")
    call = offered.splitlines()[-1]
    assert cells(f"{RIGHT[slug]}\n{call}").startswith(f"{folder.title}: passed.")


def test_what_it_uses_of_other_cells_is_taken_along(cells):
    pieces = [
        "from twisted.internet.protocol import Protocol\nEND = None; print('said')",
        "def parted(data):\n    *lines, rest = data.split(END)\n    return lines, rest",
        "%time END = b'\\n'",
        "END = b'\\n'",
        "class Echo(Protocol):\n    kept = b''\n    def dataReceived(self, data):\n"
        "        lines, self.kept = parted(self.kept + data)\n"
        "        self.transport.write(b''.join(b'[' + line + b']\\n' for line in lines))",
    ]
    assert cells(*pieces, "check('an_echo', Echo)") == PASSED


def test_a_cell_that_has_a_name_of_the_code_s_functions_is_not(cells):
    other = "place = get_ipython()"  # fails wherever else it is run
    code = GOOD.replace("        *lines,", "        place = 1\n        *lines,")
    assert code != GOOD
    assert cells(other, code, "check('an_echo', Echo)") == PASSED


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("def f(a):\n    b = a\n    def g(): return b + c\n    return g", {"a", "b", "g"}),
        ("def f():\n    global b\n    b = a = 1", {"a"}),
        ("def f(): a = 1\ndef g(): return a", set()),
        ("def f(): a = 1\na.call()", set()),
        ("def f(): a = 1\nclass A:\n    a = a", set()),
        ("class A:\n    def f(self): return A, self", {"self"}),
        ("x = lambda n: n + m", {"n"}),
        ("await x", set()),
        ("return", set()),
    ],
)
def test_a_name_is_a_function_s_own_where_no_other_code_of_the_cell_has_it(text, local):
    assert {name for name in _local(text) if not name.startswith(".")} == local


def test_a_call_that_completes_what_the_code_uses_is_taken_along(cells):
    filled = "ENDS = []\nENDS.append(b'\\n')"
    good = GOOD.replace('b"\\n")', "ENDS[0])", 1)
    assert "ENDS[0]" in good
    assert cells(filled, good, "check('an_echo', Echo)") == PASSED
    assert cells(f"{filled}\n{good}", "check('an_echo', Echo)") == PASSED


def test_a_call_that_only_tries_the_code_is_not(cells):
    """In the process of the check it would raise: nothing has asked for a module there that this notebook has."""
    tried = "import sys\nechoes = [Echo()]\nechoes.remove(sys.modules['ipykernel'] and echoes[0])"
    assert cells(f"{GOOD}\n{tried}", "check('an_echo', Echo)") == PASSED


def test_a_class_of_another_name_and_one_without_methods(cells):
    assert cells(GOOD, "class Mine(Echo):\n    pass", "check('an_echo', Mine)") == PASSED


def test_a_function_is_taken_as_well(cells):
    assert cells("add = 3", RIGHT["a_sum"], "check('a_sum', add)").startswith("a_sum (A sum): passed.")


def test_predictions_are_given_by_name(cells):
    assert "2 of 4 predictions" in cells("check('some_calls', calls=4, first=b'GET /', kept=True)")
    right = "calls=5, first=b'GET /', kept=True, states=['a', 'b']"
    assert cells(f"check('some_calls', {right})").startswith("some_calls (How many): passed.")


def test_must_pass_shows_the_message_and_nothing_else(cells):
    shown = cells(
        BAD,
        "v = check('an_echo', Echo)\ntry:\n    v.must_pass()\nexcept Exception as e:\n"
        "    print(e._render_traceback_() == v.lines)",
    )
    assert shown == "True\n"
    assert cells(GOOD, "check('an_echo', Echo).must_pass(); print('on')") == "on\n"


def test_a_failing_must_pass_is_an_error_without_a_traceback(client, cells):
    cells(BAD)
    cell = nbformat.v4.new_code_cell("check('an_echo', Echo).must_pass()", metadata={"tags": ["raises-exception"]})
    client.nb.cells = [cell]
    client.execute_cell(cell, 0)
    (error,) = cell.outputs
    assert error.ename == "NotPassed"
    assert error.traceback[0].startswith("an_echo (An echo): not yet.")
    assert "Traceback" not in "\n".join(error.traceback)


def test_the_process_is_kept_between_checks(cells):
    played = "import os\nprint('played in', os.getppid())\n"
    told = cells(
        played + BAD,
        "a, b = check('an_echo', Echo), check('an_echo', Echo)\nprint(a.printed == b.printed != '')",
    )
    assert told == "False\n"  # what only prints is left out of what is checked
    told = cells(
        "import os\nwhere = os.getppid()",
        "def add(a, b): raise ValueError(os.getppid())",
        "a, b = check('a_sum', add), check('a_sum', add)\n"
        "print(a.went[0].errors == b.went[0].errors and bool(a.went[0].errors))",
    )
    assert told == "True\n"


class TestRefused:
    @pytest.fixture(autouse=True)
    def these(self, shelf):
        with only_these(shelf):
            yield

    @pytest.mark.parametrize(
        ("args", "named", "said"),
        [
            (("nothing",), {}, "there is no exercise nothing"),
            (("an_echo",), {}, r'check\("an_echo", Echo\)'),
            (("an_echo", 3), {}, "3 is no class and no function"),
            (("an_echo", check), {}, "check comes from snippets.practice.notebook"),
            (("an_echo", textwrap.TextWrapper), {}, "TextWrapper comes from textwrap"),
            (("an_echo",), {"calls": 3}, r'check\("an_echo", Echo\)'),
            (("some_calls", check), {}, r'takes predictions: check\("some_calls", calls=\.\.\., first'),
            (("some_calls",), {"cals": 3}, "nothing to foresee that is called cals"),
        ],
    )
    def test_what_is_asked_in_another_way_is_refused(self, args, named, said):
        with pytest.raises(LensError, match=said):
            check(*args, **named)

    def test_a_class_without_a_text_is_refused(self):
        made = type("Echo", (), {"__module__": "__main__"})
        with pytest.raises(LensError, match="the text of Echo can't be found"):
            check("an_echo", made)
