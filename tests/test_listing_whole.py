"""A small listing word for word: in terminals of several widths, in Jupyter, and as a notebook keeps it."""

import io
import re
import sys

import pytest
from rich.console import Console

from snippets.lens import source
from snippets.lens.errors import LensError
from snippets.lens.lines import lines
from snippets.lens.listing import STORED, listing
from snippets.lens.notes import Annotation, Note

PROGRAM = '''\
class Host:
    def greet(self, name):
        """Say hello,
        or ask."""
        if not name:
            return "who?"
        # A guest's name is written with a capital, and this comment is as long as a line may be here: 120 letters long.
        text = "a < b".join(
            ["hello", name]
        )

        return text
'''
NOTES = [
    Note("if not name:", None, "<p>Nobody.</p>", "Nobody."),
    Note("if not name:", None, "<p>Or <em>none</em>.</p>", "Or none."),
    Note('["hello", name]', None, "<p>Two.</p>", " ".join(["A note that is longer than a line"] * 4) + "."),
]


@pytest.fixture
def name(tmp_path, monkeypatch):
    (tmp_path / "greeting.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    full = "greeting:Host.greet"
    annotation = Annotation(full, "greeting.md:1", "<p>For <b>guests</b>.</p>", "For guests.", NOTES)
    monkeypatch.setattr(source, "store", lambda: {full: annotation})
    yield full
    sys.modules.pop("greeting", None)


def run(name, *guests):
    with lines([name]) as counted:
        for guest in guests:
            sys.modules["greeting"].Host().greet(guest)
    return counted


def test_a_narrow_terminal_has_the_notes_under_their_line(name):
    assert listing(name, run(name, "x", "y")).as_text(60).splitlines() == [
        "Host.greet  greeting.py:2-12",
        "For guests.",
        "    2        def greet(self, name):",
        "    3            (docstring, 2 lines)",
        "    5   2x >     if not name:",
        "                 | Nobody.",
        "                 | Or none.",
        '    6                return "who?"',
        "    7            # A guest's name is written with a capital,",
        "and this comment is as long as a line may be here: 120",
        "letters long.",
        '    8   2x >     text = "a < b".join(',
        '    9      >         ["hello", name]',
        "                 | A note that is longer than a line A note",
        "                 | that is longer than a line A note that is",
        "                 | longer than a line A note that is longer",
        "                 | than a line.",
        "   10      >     )",
        "   11",
        "   12   2x >     return text",
    ]


def test_notes_are_as_wide_as_the_terminal_but_thirty_letters_at_least(name):
    def first(width):
        return next(line for line in listing(name).as_text(width).splitlines() if "| A note" in line)

    assert first(61) == "                 | A note that is longer than a line A note"
    assert first(63) == "                 | A note that is longer than a line A note"
    assert first(64) == "                 | A note that is longer than a line A note that"
    assert first(49) == first(48) == "                 | A note that is longer than a"


def test_from_130_columns_on_the_notes_stand_beside_their_line(name):
    assert "   5            if not name:\n                 | Nobody.\n" in listing(name).as_text(129)
    beside = " " * 74
    assert listing(name).as_text(130).splitlines() == [
        "Host.greet  greeting.py:2-12",
        "For guests.",
        "    2        def greet(self, name):",
        "    3            (docstring, 2 lines)",
        "    5            if not name:".ljust(74) + "Nobody.",
        f"{beside}Or none.",
        '    6                return "who?"',
        "    7            # A guest's name is written with a capital, and this",
        "comment is as long as a line may be here: 120 letters long.",
        '    8            text = "a < b".join(',
        '    9                ["hello", name]'.ljust(74) + "A note that is longer than a line A note that is longer",
        f"{beside}than a line A note that is longer than a line A note",
        f"{beside}that is longer than a line.",
        "   10            )",
        "   11",
        "   12            return text",
    ]


def test_text_is_a_hundred_columns_wide(name, monkeypatch):
    note = Note("return text", None, "", "x" * 300)
    monkeypatch.setattr(source, "store", lambda: {name: Annotation(name, "greeting.md:1", notes=[note])})
    shown = listing(name)
    for text in (str(shown), shown._repr_mimebundle_()["text/plain"], shown._repr_mimebundle_()[STORED]["text/plain"]):
        assert [len(line) for line in text.splitlines() if line.endswith("xxx")][:3] == [100] * 3


def test_without_notes_and_without_a_run(name):
    plain = listing(name, notes=False)
    assert plain.as_text().splitlines()[:3] == [
        "Host.greet  greeting.py:2-12",
        "    2        def greet(self, name):",
        "    3            (docstring, 2 lines)",
    ]
    assert str(plain) == plain.as_text(100)


def test_a_comparison_shows_what_ran_in_one_run_only(name):
    compared = listing(name, run(name, "x", "y"), than=run(name, ""))
    assert compared.as_text(60).splitlines() == [
        "Host.greet  greeting.py:2-12",
        "    2        def greet(self, name):",
        "             ... 2 lines not shown",
        "    5    ?       if not name:",
        '    6   0x           return "who?"',
        "             ... 1 line not shown",
        '    8   2x >     text = "a < b".join(',
        '    9      >         ["hello", name]',
        "   10      >     )",
        "             ... 1 line not shown",
        "   12   2x >     return text",
    ]


def test_of_a_function_read_elsewhere_what_ran_is_shown_without_notes(name):
    elsewhere = listing(name, run(name, ""), read="05")
    assert elsewhere.as_text(60).splitlines() == [
        "Host.greet  greeting.py:2-12",
        "What ran of it; chapter 05 shows it whole, with its notes.",
        "    2        def greet(self, name):",
        "             ... 2 lines not shown",
        "    5   1x >     if not name:",
        '    6   1x >         return "who?"',
        "             ... 6 lines not shown",
    ]
    kept = elsewhere._repr_mimebundle_()[STORED]
    link = '<p>What ran of it; <a href="05_http_channel.ipynb">chapter 05</a> shows it whole, with its notes.</p>'
    assert link in kept["text/html"]
    assert "What ran of it; chapter 05 shows it whole, with its notes." in kept["text/plain"]
    assert "Lines that ran: 5 x1, 6 x1." in kept["text/plain"]
    with pytest.raises(LensError, match="there is no chapter 77"):
        listing(name, read="77")


COMMENTED = """
def long():
    # One.
    # Two.
    # Three.
    # Four.
    x = 1
    # Five.
    # Six.
    # Seven.
    return x
"""


def test_a_comment_of_four_lines_is_folded_on_a_page_and_whole_in_a_terminal(tmp_path, monkeypatch):
    (tmp_path / "commented.py").write_text(COMMENTED)
    monkeypatch.syspath_prepend(tmp_path)
    shown = listing("commented:long")
    assert [cells for _, cells in rows(shown._repr_mimebundle_()["text/html"])] == [
        ["2", "", "def long():", "7: "],
        [
            "3",
            "",
            "<details><summary>comment, 4 lines</summary>    # One.\n    # Two.\n    # Three.\n    # Four.</details>",
        ],
        ["7", "", "    x = 1"],
        ["8", "", "    # Five."],
        ["9", "", "    # Six."],
        ["10", "", "    # Seven."],
        ["11", "", "    return x"],
    ]
    assert [line.strip() for line in shown.as_text(60).splitlines()[2:5]] == [
        "3            # One.",
        "4            # Two.",
        "5            # Three.",
    ]
    note = Annotation("commented:long", "c.md:1", "", "", [Note("# Two.", None, "<p>On it.</p>", "On it.")])
    monkeypatch.setattr(source, "store", lambda: {"commented:long": note})
    assert "<details>" not in listing("commented:long")._repr_mimebundle_()["text/html"], "a note is to be seen"
    sys.modules.pop("commented", None)


@pytest.mark.parametrize(
    ("body", "before", "now", "deciding"),
    [
        (
            "if x:\n        y = 1\n    elif x is None:\n        y = 2\n    else:\n        y = 3",
            None,
            0,
            {"elif x is None:"},
        ),
        ("for each in x:\n        y = each\n    y = 1", [], [1], {"for each in x:"}),
        ("while x:\n        x.pop()\n    y = 1", [], [1], {"while x:"}),
        ("try:\n        x.pop()\n    except AttributeError:\n        y = 1", [1], None, set()),
        ("try:\n        x.pop()\n        y = 1\n    except IndexError:\n        return", [1], [], set()),
        ("with open('/dev/null'):\n        if x:\n            y = 1", None, 1, {"if x:"}),
        (
            "try:\n        if x is not None:\n            y = 1\n            x.pop()\n            y = 2\n"
            "    except IndexError:\n        pass",
            [1],
            [],
            set(),
        ),
        ("if x:\n        y = 1\n        if x > 1:\n            return\n        y = 2", 1, 2, {"if x > 1:"}),
        ("for each in x:\n        y = 1\n        if each:\n            break\n        y = 2", [0], [1], {"if each:"}),
        ("while x:\n        x.pop()\n    else:\n        y = 1", [], [1], {"while x:"}),
        ("match x:\n        case 1:\n            y = 1\n        case 2:\n            y = 2", 3, 2, {"case 2:"}),
    ],
)
def test_the_conditions_that_decided_are_shown(tmp_path, monkeypatch, body, before, now, deciding):
    (tmp_path / "deciding.py").write_text(f"def choose(x):\n    {body}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "deciding", raising=False)
    runs = []
    for argument in (before, now):
        with lines(["deciding:choose"]) as run:
            sys.modules["deciding"].choose(argument)
        runs.append(run)
    shown = listing("deciding:choose", runs[1], than=runs[0]).reading.shown
    assert {row.text.strip() for row in shown if isinstance(row, source.Row) and row.decided} == deciding


def rows(html):
    """The rows of a table: their class, and what stands in each cell, without the colours of the code."""
    found = re.findall(r"<tr(?: class=\"([^\"]*)\")?>(.*?)</tr>", html, re.DOTALL)
    cells = [re.findall(r"<td[^>]*?(?:rowspan=\"(\d+)\")?>(.*?)</td>", row, re.DOTALL) for _, row in found]
    return [
        (kind, [(f"{span}: " if span else "") + re.sub(r"</?(span|code|pre)[^>]*>", "", text) for span, text in row])
        for (kind, _), row in zip(found, cells, strict=True)
    ]


def test_html_has_a_row_for_each_line_and_a_cell_for_its_notes(name):
    html = listing(name, run(name, "x", "y"))._repr_mimebundle_()["text/html"]
    head = '<div class="lens-head"><b>Host.greet</b> · greeting.py, lines 2-12<p>For <b>guests</b>.</p></div>'
    assert re.sub(r"<style>.*</style>", "", html, flags=re.DOTALL).startswith(f'<div class="lens">{head}<table')
    assert "</td></tr><tr" in html
    assert re.sub(r"<(tr|td).*?>|</t[rd]>", "", html).count("None") == 0
    comment = PROGRAM.splitlines()[6][4:]
    assert rows(html) == [
        ("", ["2", "", "def greet(self, name):", "2: "]),
        ("", ["3", "", '<details><summary>docstring, 2 lines</summary>    """Say hello,\n    or ask."""</details>']),
        ("lens-lit", ["5", "2&times;", "    if not name:", "4: <div><p>Nobody.</p><p>Or <em>none</em>.</p></div>"]),
        ("lens-unlit", ["6", "", '        return "who?"']),
        ("", ["7", "", comment]),
        ("lens-lit", ["8", "2&times;", '    text = "a &lt; b".join(']),
        ("lens-lit", ["9", "", '        ["hello", name]', "4: <div><p>Two.</p></div>"]),
        ("lens-lit", ["10", "", "    )"]),
        ("", ["11", "", "&#8203;"]),
        ("lens-lit", ["12", "2&times;", "    return text"]),
    ]
    assert {kind for kind, _ in rows(listing(name)._repr_mimebundle_()["text/html"])} == {""}, "nothing ran, or did not"


def test_html_of_a_comparison(name):
    html = listing(name, run(name, "x"), than=run(name, ""))._repr_mimebundle_()["text/html"]
    assert rows(html) == [
        ("", ["2", "", "def greet(self, name):", "10: "]),
        ("", ["", "", "... 2 lines not shown"]),
        ("lens-decided", ["5", "?", "    if not name:"]),
        ("lens-unlit", ["6", "0&times;", '        return "who?"']),
        ("", ["", "", "... 1 line not shown"]),
        ("lens-lit", ["8", "1&times;", '    text = "a &lt; b".join(']),
        ("lens-lit", ["9", "", '        ["hello", name]']),
        ("lens-lit", ["10", "", "    )"]),
        ("", ["", "", "... 1 line not shown"]),
        ("lens-lit", ["12", "1&times;", "    return text"]),
    ]


def test_what_a_notebook_keeps(name):
    kept = listing(name, run(name, "x", "y"))._repr_mimebundle_()[STORED]
    assert rows(kept["text/html"])[1:] == [
        ("", ["5", "2&times;", "<p>Nobody.</p><p>Or <em>none</em>.</p>"]),
        ("", ["9", "", "<p>Two.</p>"]),
    ]
    assert "<p>Lines that ran: 5 &times;2, 8 &times;2, 12 &times;2.</p>" in kept["text/html"]
    assert kept["text/plain"].splitlines() == [
        "Host.greet (greeting.py, lines 2-12)",
        "For guests.",
        "     5  Nobody.",
        "     5  Or none.",
        "     9  A note that is longer than a line A note that is longer than a line A note that is longer",
        "        than a line A note that is longer than a line.",
        "Lines that ran: 5 x2, 8 x2, 12 x2.",
        "Run this cell to see the code itself, read from your installed Twisted.",
    ]


def test_chosen_lines_are_shown_alone_and_without_notes(name):
    some = listing(name, only=["if not name:", "return text"], read="05")
    html = some._repr_mimebundle_()["text/html"]
    assert "<p>Some lines of it; <a href=" in html
    assert [cells for _, cells in rows(html)] == [
        ["2", "", "def greet(self, name):", "5: "],
        ["", "", "... 2 lines not shown"],
        ["5", "", "    if not name:"],
        ["", "", "... 6 lines not shown"],
        ["12", "", "    return text"],
    ]
    assert some._repr_mimebundle_()[STORED]["text/plain"].splitlines() == [
        "Host.greet (greeting.py, lines 2-12)",
        "Some lines of it; chapter 05 shows it whole, with its notes.",
        "Lines shown: 5, 12.",
        "Run this cell to see the code itself, read from your installed Twisted.",
    ]
    with pytest.raises(LensError, match=r"no line reads `if name:`; the nearest: .*5: if not name:"):
        listing(name, only=["if name:"])
    with pytest.raises(LensError, match=r"no line reads `return text` #2"):
        listing(name, only=["return text #2"])


def test_what_a_notebook_keeps_of_a_comparison_and_of_no_run(name):
    compared = listing(name, run(name, ""), than=run(name, "x"))._repr_mimebundle_()[STORED]
    assert compared["text/plain"].splitlines() == [
        "Host.greet (greeting.py, lines 2-12)",
        "Lines that ran only in this run: 6 x1. Decided in line 5.",
        "Run this cell to see the code itself, read from your installed Twisted.",
    ]
    assert "<table>" not in compared["text/html"]
    same = listing(name, run(name, "x"), than=run(name, "x"))._repr_mimebundle_()[STORED]
    assert "Lines that ran only in this run: none." in same["text/plain"]
    bare = listing(name, notes=False)._repr_mimebundle_()[STORED]
    assert len(bare["text/plain"].splitlines()) == 2
    assert "Lines that ran" not in bare["text/html"]


def looks(shown, text):
    """How the code of a line looks in a terminal: bold or not, dim or not."""
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    (line,) = [line for line in console.render_lines(shown) if text in "".join(part.text for part in line)]
    gutter = 2
    return {(bool(part.style.bold), bool(part.style.dim)) for part in line[gutter:] if part.text.strip()}


def test_what_ran_is_bold_and_what_did_not_is_dim(name):
    ran = listing(name, run(name, "x"), notes=False)
    assert looks(ran, "if not name") == looks(ran, "[") == {(True, False)}
    assert looks(ran, "who?") == {(False, True)}
    assert looks(ran, "def greet") == {(False, False)}
    assert looks(listing(name), "if not name") == {(False, False)}
