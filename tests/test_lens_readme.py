"""What the README of the lens says is so: its program runs, and it names every module."""

import contextlib
import io
import re

from snippets.workshop import bench, bench_steps
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


def test_its_table_has_the_figures_and_targets_of_the_benchmark_and_the_verdicts_are_right():
    table = README.partition("## What recording costs, and a gigabyte")[2].partition("| --- |")[2].partition("\n\n")[0]
    rows = [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in table.splitlines()[1:]]
    figures = [
        *[bench.NOTHING, bench.EVERYTHING],
        *[f"{name} RELEASE, {what}" for name, (_, what) in bench.PEERS.items()],
        *[f"{name}, to {bench.EVERYTHING}" for name in bench.PEERS],
        *[bench.BYTES, *[f"µs for an event, in a trace of {size:,}" for size in bench.SIZES], bench.SPREAD],
        *[*bench.STARTS, bench.SLOW, *bench_steps.LIMITS],
    ]
    for row, figure in zip(rows, figures, strict=True):
        what, *values, target, verdict = row
        # The second and later traces are told by their size alone.
        assert figure.endswith(re.sub(r" \d+\.\d+\.\d+,", " RELEASE,", what))
        sense, limit = bench.TARGETS.get(figure, ("", None))
        if limit is None:
            assert (target, verdict) == ("", "")
        else:
            before, since = {bench.EVERYTHING: (4.0, 3.5)}.get(figure) or bench_steps.LIMITS.get(figure, (limit, limit))
            assert target == (f"{sense} {since:g}" if before == since else f"{sense} {since:g} ({before:g} on 3.11)")
            signed = 1 if sense == "at most" else -1
            reached = [
                signed * float(value) <= signed * most
                for value, most in zip(values, (before, since, since), strict=True)
            ]
            assert verdict == ("met" if all(reached) else "not met")
