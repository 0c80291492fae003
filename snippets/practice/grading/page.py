"""The page of a class: what was hard, which wrong answers were given, who needs help, and what each was told."""

import base64
import re
from collections.abc import Iterator
from html import escape

from snippets.practice.grading.tables import Record, hardest, help_first, in_order, summary, told, wrong_answers
from snippets.practice.reading import shown
from snippets.practice.shelf import shelf

# Nothing on the page runs or loads anything, whatever got into it.
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Grades</title>
<style>
:root { color-scheme: light dark; --text: #1a1a1a; --ground: #fff; --line: #c4c4c4; --good: #2e9e4f; --bad: #d0552b; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --ground: #17181a; --line: #4a4c50; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: var(--text); background: var(--ground); }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th.number, td.number { text-align: right; }
.passed, .missed { border-left: 4px solid var(--good); padding-left: .8rem; margin: .4rem 0; }
.missed { border-color: var(--bad); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
summary { overflow-wrap: anywhere; }
img { max-width: 100%; background: #fff; }
</style>
</head>
<body>
"""


def page(records: list[Record]) -> str:
    """The whole page; everything that a student wrote is text on it."""
    return _HEAD + "\n".join(_body(records)) + "\n</body>\n</html>\n"


def _body(records: list[Record]) -> Iterator[str]:
    yield f"<h1>Grades</h1><p>{summary(records)}</p>"
    yield "<h2>Who needs help first</h2>"
    yield from _help(records)
    yield "<h2>The hardest exercises</h2>"
    yield _table(
        ("exercise", "handed in", "passed", "went well on average, in %"),
        [(stand.slug, stand.of, stand.passed, round(stand.well * 100)) for stand in hardest(records)],
    )
    yield "<h2>The wrong answers given most</h2>"
    yield from _wrongs(records)
    yield "<h2>What each was told</h2>"
    for at, record in enumerate(records):
        yield from _student(at, record)


def _help(records: list[Record]) -> Iterator[str]:
    needing = help_first(records)
    if not needing:
        yield "<p>Nobody: all that was handed in has passed.</p>"
        return
    at = {record["student"]: number for number, record in enumerate(records)}
    lines = []
    for record, passed, of in needing:
        missing = [
            f"{slug} ({grade['well']} of {grade['of']})" for slug, grade in in_order(record) if not grade["passed"]
        ]
        why = ", ".join(missing) or " ".join(record["problems"]) or "nothing was handed in"
        name = f'<a href="#s{at[record["student"]]}">{_text(record["student"])}</a>'
        lines.append(f"<tr><td>{name}</td><td>{passed} of {of}</td><td>{_text(why)}</td></tr>")
    head = "<tr><th>student</th><th>passed</th><th>not yet, and how much of it went well</th></tr>"
    yield f"<table>{head}" + "".join(lines) + "</table>"


def _wrongs(records: list[Record]) -> Iterator[str]:
    given = wrong_answers(records)
    if not given:
        yield "<p>None of those that were foreseen.</p>"
        return
    from snippets.practice.grading.figure import wrong_answers_figure  # it takes long to import what draws

    says = {(slug, wrong.name): wrong.says for slug, _, _ in given if slug in shelf() for wrong in shelf()[slug].wrongs}
    picture = wrong_answers_figure(given, says)
    data = base64.b64encode(picture.png).decode("ascii")
    yield f'<p><img src="data:image/png;base64,{data}" alt="{escape(picture.alt)}"></p>'
    yield _table(
        ("exercise", "answer", "given by", "what they were told"),
        [(slug, wrong.removeprefix("wrong_"), count, says.get((slug, wrong), "")) for slug, wrong, count in given],
    )


def _student(at: int, record: Record) -> Iterator[str]:
    grades = in_order(record)
    passed = sum(grade["passed"] for _, grade in grades)
    yield f'<h3 id="s{at}">{_text(record["student"])}: {passed} of {len(grades)} passed</h3>'
    if record["problems"]:
        yield "<ul>" + "".join(f"<li>{_text(problem)}</li>" for problem in record["problems"]) + "</ul>"
    for _, grade in grades:
        if grade["passed"]:
            yield f'<p class="passed">{escape(told(grade))}</p>'
        else:
            text = escape("\n".join(grade["lines"]))
            yield f'<details class="missed"><summary>{escape(told(grade))}</summary><pre>{text}</pre></details>'


def _table(head: tuple[str, ...], lines: list[tuple[str | int, ...]]) -> str:
    numbers = [isinstance(value, int) for value in lines[0]] if lines else [False] * len(head)
    rows = "".join(_row("td", line, numbers) for line in lines)
    return f"<table>{_row('th', head, numbers)}{rows}</table>"


def _row(tag: str, values: tuple[str | int, ...], numbers: list[bool]) -> str:
    cells = zip(values, numbers, strict=True)
    made = (f"<{tag}{' class=number' * number}>{_marked(str(value))}</{tag}>" for value, number in cells)
    return f"<tr>{''.join(made)}</tr>"


def _marked(text: str) -> str:
    """Text with what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _text(text: str) -> str:
    return escape(shown(text))
