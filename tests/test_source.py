"""Functions as their files have them: whatever way they are written, and whatever became of the file."""

import ast
import importlib
import inspect
import linecache
import sys
import textwrap
import types

import pytest
from twisted.internet.interfaces import IProtocol
from twisted.python.components import proxyForInterface

from snippets.lens.errors import LensError
from snippets.lens.lines import lines
from snippets.lens.listing import listing
from snippets.lens.names import complete, locate
from snippets.lens.source import find, reading

PROGRAM = '''\
def keep(*given):
    return lambda function: function


class Page:
    double = lambda self, number: number * 2
    table = {
        "one": 1,
    }; triple = lambda self, number: (
        number
        * 3
    )

    async  def spaced(self):
        return 1

    @keep(int(), len("()"), lambda each: (
        each
    ))
    @keep(
        1
    )
    def decorated(
        self,
        number,  # how often
    ):
        # A comment before the body.
        return number

    def one_line(self): return 1

    @keep()
    def one_line_decorated(self): return 1

    def head_of_two_lines(self,
                          number): return number

    def one_line_of_text(self): """Said on the line of its head."""

    def short_text(self):
        """One line."""
        return 1

    def long_text(self):
        """Two
        lines."""
        return 1

    def only_text(self):
        """Nothing else."""

    def text_in_bytes(self):
        b"""No docstring."""

    def with_a_comment_at_its_end(self):
        return 1

        # It belongs to the function.
    # This one doesn't.

    def nested(self):
        @keep()
        def inner():
            return 1

        return inner()


pair = lambda number: lambda other: (
    number, other
)
'''


class Proxy(proxyForInterface(IProtocol)):
    pass


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a module to a file and import it: `written(text)` is its name."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def write(text: str | bytes) -> str:
        names.append(f"written_{len(names)}")
        (tmp_path / f"{names[-1]}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
        importlib.invalidate_caches()
        importlib.import_module(names[-1])
        return names[-1]

    yield write
    for name in names:
        sys.modules.pop(name, None)


def texts(name: str) -> list[str]:
    return [row.text.strip() for row in reading(name, notes=False).rows]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Page.double", "double = lambda self, number: number * 2", "double = lambda self, number: number * 2"),
        ("Page.triple", "}; triple = lambda self, number: (", ")"),
        ("Page.spaced", "async  def spaced(self):", "return 1"),
        ("Page.decorated", '@keep(int(), len("()"), lambda each: (', "return number"),
        ("Page.one_line", "def one_line(self): return 1", "def one_line(self): return 1"),
        ("Page.one_line_decorated", "@keep()", "def one_line_decorated(self): return 1"),
        ("Page.with_a_comment_at_its_end", "def with_a_comment_at_its_end(self):", "# It belongs to the function."),
        ("Page.nested", "def nested(self):", "return inner()"),
        ("pair", "pair = lambda number: lambda other: (", ")"),
    ],
)
def test_a_function_is_shown_from_its_first_line_to_its_last(written, name, first, last):
    shown = texts(f"{written(PROGRAM)}:{name}")
    assert (shown[0], shown[-1]) == (first, last)


def test_every_function_of_the_book_s_modules_is_found_whole():
    for short in complete():
        try:
            function = find(short)
        except LensError:
            continue  # it stands twice, or has no source
        in_a_block = ast.parse("if True:\n " + "\n ".join(function.lines.values()))
        (definition,) = in_a_block.body[0].body
        assert definition.name == function.code.co_name
        assert function.first + len(function.lines) - 1 == function.last


def runs(name: str, *, call: bool) -> list[tuple[str, bool | None, int]]:
    """Each row shown of a method of Page: its text, whether it is lit, and its count."""
    with lines([name]) as run:
        page = locate(name).owner()
        if call:
            getattr(page, name.rpartition(".")[2])(
                *[3] * (len(inspect.signature(locate(name).function).parameters) - 1)
            )
    return [(row.text.strip(), row.lit, row.count) for row in reading(name, run, notes=False).rows]


@pytest.mark.parametrize("call", [True, False])
def test_what_stands_on_the_line_of_its_head_is_lit_when_it_ran(written, call):
    module, times = written(PROGRAM), int(call)
    assert runs(f"{module}:Page.one_line", call=call) == [("def one_line(self): return 1", call, times)]
    assert runs(f"{module}:Page.one_line_decorated", call=call) == [
        ("@keep()", None, 0),
        ("def one_line_decorated(self): return 1", call, times),
    ]
    assert runs(f"{module}:Page.head_of_two_lines", call=call) == [
        ("def head_of_two_lines(self,", None, 0),
        ("number): return number", call, times),
    ]
    assert runs(f"{module}:Page.double", call=call) == [("double = lambda self, number: number * 2", call, times)]


def test_a_lambda_over_several_lines_is_lit_as_one_statement(written):
    rows = runs(f"{written(PROGRAM)}:Page.triple", call=True)
    assert [lit for _, lit, _ in rows] == [True] * 4
    assert [count for *_, count in rows] == [1, 0, 0, 0]


def test_a_head_and_its_decorators_never_run_at_a_call(written):
    rows = runs(f"{written(PROGRAM)}:Page.decorated", call=True)
    assert [text for text, lit, _ in rows if lit is not None] == ["return number"]
    rows = runs(f"{written(PROGRAM)}:Page.nested", call=True)
    assert [(text, lit) for text, lit, _ in rows if text] == [
        ("def nested(self):", None),
        ("@keep()", True),
        ("def inner():", True),
        ("return 1", True),
        ("return inner()", True),
    ]


def test_a_docstring_is_folded_and_what_only_looks_like_one_is_not(written):
    module = written(PROGRAM)
    assert "(docstring, 1 line)" in listing(f"{module}:Page.short_text").as_text()
    assert "(docstring, 2 lines)" in listing(f"{module}:Page.long_text").as_text()
    assert (
        "<summary>docstring, 1 line</summary>" in listing(f"{module}:Page.only_text")._repr_mimebundle_()["text/html"]
    )
    for name in ("one_line_of_text", "text_in_bytes"):
        assert "docstring, " not in listing(f"{module}:Page.{name}").as_text()
    assert runs(f"{module}:Page.short_text", call=True) == [
        ("def short_text(self):", None, 0),
        ('"""One line."""', None, 0),
        ("return 1", True, 1),
    ]


def test_a_file_of_any_kind_is_read_as_python_reads_it(written):
    body = "class Page:\n    def get(self):\n        return 'é'\n"
    for text in (
        body.replace("\n", "\r\n").encode(),
        body.replace("    ", "\t").encode(),
        b"# -*- coding: latin-1 -*-\n" + body.encode("latin-1"),
        b"\xef\xbb\xbf" + body.encode(),
        b"\x0c\n" + body.encode(),
    ):
        name = f"{written(text)}:Page.get"
        assert texts(name) == ["def get(self):", "return 'é'"]
        assert runs(name, call=True) == [("def get(self):", None, 0), ("return 'é'", True, 1)]


def test_a_form_feed_or_another_odd_separator_ends_no_line(written):
    module = written('def get():\n\x0c\n    text = "a\x0cb\x85c\u2028d"\n    return text\n')
    shown = listing(f"{module}:get")
    assert len(shown.reading.rows) == 4
    assert "return text" in shown.as_text()
    assert shown._repr_mimebundle_()["text/html"].count("<tr") == 4


def test_a_function_that_has_moved_since_it_was_imported_is_refused(written, tmp_path):
    name = written("def get():\n    return 1\n")
    file = tmp_path / f"{name}.py"
    for text in ("\n\ndef get():\n    return 2\n", "def other():\n    return 1\n", "def get(:\n", "def get():\n\0\n"):
        file.write_text(text)
        with pytest.raises(LensError, match=r"get has moved in .* since it was imported: start Python anew"):
            find(f"{name}:get")
    file.unlink()


def test_a_function_made_anew_is_shown_anew(written, tmp_path):
    name = written("def get():\n    return 1\n")
    assert texts(f"{name}:get") == ["def get():", "return 1"]
    (tmp_path / f"{name}.py").write_text("# one line more\ndef get():\n    return 12\n")
    importlib.reload(sys.modules[name])
    assert texts(f"{name}:get") == ["def get():", "return 12"]


def test_functions_that_read_the_same_are_told_apart(written):
    """Their code objects are equal, though what stands beside them is not."""
    one, two = (written(f"def same():\n    return 1  # in {name}\n") for name in ("one", "two"))
    assert sys.modules[one].same.__code__ == sys.modules[two].same.__code__
    assert [texts(f"{name}:same")[1] for name in (one, two)] == ["return 1  # in one", "return 1  # in two"]


def test_a_function_in_a_cell_of_a_notebook(monkeypatch):
    """Jupyter keeps the text of a cell where Python looks for the lines of a file."""
    text, file = "def get():\n    return 1\n", "/tmp/ipykernel_1/2.py"
    monkeypatch.setitem(linecache.cache, file, (len(text), None, text.splitlines(True), file))
    module = types.ModuleType("a_notebook")
    monkeypatch.setitem(sys.modules, "a_notebook", module)
    exec(compile(text, file, "exec"), vars(module))
    assert texts("a_notebook:get") == ["def get():", "return 1"]
    assert find("a_notebook:get").module_path == "2.py"
    assert find("a_notebook:get").link is None


def test_what_has_no_source_is_refused_in_a_line(monkeypatch):
    module = types.ModuleType("made_by_hand")
    monkeypatch.setitem(sys.modules, "made_by_hand", module)
    exec("def get():\n    return 1\n", vars(module))
    for name, said in [
        ("made_by_hand:get", "get has no source .*: it was made at run time"),
        ("HTTPChannel.maxHeaders", "its type is int"),
        (f"{__name__}:Proxy.connectionMade", "it is looked up in another object"),
    ]:
        with pytest.raises(LensError, match=said) as refusal:
            listing(name)
        assert "\n" not in str(refusal.value)


def test_the_text_of_a_method_stands_at_the_margin():
    shown = reading("HTTPChannel.lineReceived")
    assert shown.text == textwrap.dedent("\n".join(shown.function.lines.values()))
    assert shown.text.startswith("def lineReceived")
