"""What the README of the lens says is so: its program runs, and it names every module."""

import contextlib
import io
import re

from tests.programs import ROOT

LENS = ROOT / "snippets" / "lens"
README = (LENS / "README.md").read_text("utf-8")


def test_the_program_runs():
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(program, {})
    assert "HTTPChannel#1.lineReceived(b'GET /hello HTTP/1.1')" in shown.getvalue()
    assert "Data#1.render(Request#1)  -> b'Hello\\n'" in shown.getvalue()
    assert r"\r\n\r\nHello\n'" in shown.getvalue().splitlines()[-1]


def test_it_names_every_module_and_none_that_is_not_there():
    table = README.partition("## Module by module")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) | {"terminal"}
    there = {path.stem for path in LENS.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert named == there - {"__init__"}


def test_its_figures_are_of_the_benchmark():
    rows = [row for row in README.splitlines() if row.startswith("| ") and row.rstrip(" |").endswith("met")]
    from snippets.workshop.bench import TARGETS

    assert len(rows) == len(TARGETS)
