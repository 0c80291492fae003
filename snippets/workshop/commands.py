"""The commands of the makers: book, coverage, drift and bench."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from snippets import catalogue
from snippets.shell import Name, warn_about_version

if TYPE_CHECKING:  # these modules import Twisted, which takes long
    from snippets.workshop.coverage import Coverage
    from snippets.workshop.drift import Compared, Drift

CHAPTER = Name("chapter", catalogue.texts)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group()
def book() -> None:
    """Build the notebooks from the chapters, and check them."""


@book.command()
@click.argument("slug", type=CHAPTER, required=False)
def build(slug: str | None) -> None:
    """Build and execute the notebook of the chapter or page SLUG; or of all, with the picture and the contents in the
    README."""
    names = _texts(slug)
    from snippets.workshop import book as maker
    from snippets.workshop import contents, cover
    from snippets.workshop.together import together

    began = time.monotonic()
    for group in _groups(names):
        for name, changed in together(group, maker.build):
            click.echo(f"{name}: {'built' if changed else 'unchanged'}")
    click.echo(f"executed in {time.monotonic() - began:.0f} s")
    if slug is None:
        for what, changed in ((cover.COVER.name, cover.build_cover()), ("README.md", contents.build_contents())):
            click.echo(f"{what}: {'built' if changed else 'unchanged'}")


@book.command("check")
@click.argument("slug", type=CHAPTER, required=False)
@click.option("--notes", is_flag=True, help="Only look for notes that have changed: takes a second, executes nothing.")
def check_book(slug: str | None, notes: bool) -> None:
    """Say what is wrong with the chapter or page SLUG, or with all: stale text, notes and outputs, dead links,
    statements that nothing bears out, commands that would be refused. Exit code 1 if anything is."""
    names = _texts(slug)
    complaints = _stale_notes(names) if notes else _stale(names, whole=slug is None)
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints:
        click.echo(
            "`python -m snippets book build` makes the notebooks anew; the rest is to be mended in chapters/", err=True
        )
        sys.exit(1)


def _stale_notes(names: list[str]) -> list[str]:
    from snippets.workshop.notebook import stale_notes

    found = {name: stale_notes(name) for name in names}
    for name, complaints in found.items():
        click.echo(f"{name}: {'other notes' if complaints else 'the same notes'}")
    return [complaint for complaints in found.values() for complaint in complaints]


def _stale(names: list[str], whole: bool) -> list[str]:
    from snippets.workshop import book as maker
    from snippets.workshop.assembly import assemble
    from snippets.workshop.contents import stale_contents
    from snippets.workshop.cover import stale_cover
    from snippets.workshop.prose import chapter_text
    from snippets.workshop.sentences import wrong_notes
    from snippets.workshop.shape import repeated
    from snippets.workshop.together import together
    from snippets.workshop.typed_commands import wrong_commands

    commands, complaints = _all_commands(), []
    for name, wrong in together(names, maker.check):
        found = [*wrong_commands(chapter_text(name).lines, commands), *wrong]
        click.echo(f"{name}: {'to mend' if found else 'as built'}")
        complaints += found
    if whole:
        listed = repeated({name: assemble(name) for name in names})
        complaints += [*wrong_notes(), *listed, *stale_cover(), *stale_contents()]
    return complaints


@book.command()
@click.argument("slug", type=CHAPTER, required=False)
def words(slug: str | None) -> None:
    """Say how long the core and the further sections of the chapter SLUG are, or of all chapters."""
    from snippets.workshop.assembly import assemble
    from snippets.workshop.shape import measured

    for name in _texts(slug):
        click.echo(f"{name}: {measured(assemble(name))}")


@book.command()
@click.argument("slug", type=CHAPTER, required=False)
def falsify(slug: str | None) -> None:
    """Make each number, citation, test name and command of the chapter SLUG, or of all chapters and notes, false, one
    at a time; say what checking notices.

    Exit code 1 if less than 95 of 100 are noticed.
    """
    from snippets.workshop.falsify import ENOUGH, falsified

    tally = falsified(_texts(slug), _all_commands(), notes=slug is None)
    for line in tally.lines:
        click.echo(line)
    for missed in tally.missed:
        click.echo(f"not noticed: {missed}", err=True)
    if tally.rate < ENOUGH:
        sys.exit(1)


def _all_commands() -> click.Group:
    """The group of all commands, of which these are some."""
    commands = click.get_current_context().find_root().command
    assert isinstance(commands, click.Group)
    return commands


def _groups(names: list[str]) -> list[list[str]]:
    """Chapters first: a page is made from their notebooks."""
    chapters = [name for name in names if name in catalogue.slugs()]
    return [chapters, [name for name in names if name not in chapters]]


def _texts(slug: str | None) -> list[str]:
    catalogue.check_text()
    return [catalogue.chapter(slug)] if slug else catalogue.texts()


@click.command()
@AS_JSON
@click.option("--all", "every", is_flag=True, help="Name the functions that have no notes, too.")
@click.option("--fingerprint", is_flag=True, help="Only take the fingerprints anew: of functions with new notes.")
def coverage(as_json: bool, every: bool, fingerprint: bool) -> None:
    """Measure the reading: functions on the path with notes, lines lit, notes whose line is gone.

    All scenarios are played. Every function of twisted.web and twisted.protocols that ran, and those of
    twisted.internet that a chapter names, must have notes, and every line of a function with notes must be lit; or
    chapters/annotations/unread.toml says why not. A fingerprint tells whether a function with notes still reads as it
    did in the pinned release.

    Exit code 1 if a note has lost its line (lost), a function has neither notes nor a reason, or a line neither light
    nor a reason (missing), a reason no longer holds (stale), or a function has changed (changed).
    """
    if fingerprint:
        _write_fingerprints()
        return
    from snippets.workshop.coverage import measure

    warn_about_version()
    result = measure()
    if as_json:
        click.echo(json.dumps(result.as_dict(), indent=1))
    else:
        _print_coverage(result, every)
    for complaint in result.complaints:
        click.echo(complaint, err=True)
    if result.complaints:
        sys.exit(1)


def _write_fingerprints() -> None:
    from snippets.workshop.fingerprints import FILE, write

    catalogue.check_text()
    written = write()
    click.echo(f"{FILE.name}: {written.functions} functions; {len(written.added)} came, {len(written.removed)} went")


def _print_coverage(result: "Coverage", every: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = result.functions if every else result.annotated
    table = Table("function", "notes", "lines lit", title="Functions on the path" if every else "Annotated functions")
    for covered in shown:
        why_not = result.rows.functions.get(covered.name, "")
        table.add_row(covered.name, str(covered.notes or why_not or "-"), f"{covered.lit} of {covered.lines}")
    console.print(table)
    numbers = result.as_dict()
    console.print(
        f"{numbers['on_path']} functions of Twisted ran in {result.scenarios} scenarios; "
        f"{numbers['annotated']} have notes, {numbers['unread']} a reason why not. "
        f"{numbers['lit']} of {numbers['lines']} of their lines were lit; of those with notes "
        f"{numbers['unlit']} statements were not, {numbers['unlit_with_reason']} for a reason that is given. "
        f"Lost: {len(result.lost)}. Missing: {len(result.missing)}. Stale: {len(result.stale)}. "
        f"Changed: {len(result.changed)}."
    )


@click.command()
@AS_JSON
def bench(as_json: bool) -> None:
    """Measure what recording costs, against none and against other tools, and what checks of exercises cost."""
    from snippets.workshop.bench import measure

    result = measure(progress=lambda stage: click.echo(f"measuring {stage} ...", err=True))
    if as_json:
        click.echo(json.dumps(result, indent=1))
    else:
        print_bench(result)


def print_bench(result: dict[str, Any]) -> None:
    """Print what `bench.measure` returned as a table: each figure, its target, and whether that is met."""
    from rich.console import Console
    from rich.table import Table

    from snippets.workshop.bench import FEWER, TARGETS, met

    title = f"Recording a GET: Python {result['python']}, Twisted {result['twisted']}"
    caption = (
        f"CPU time. {result['gets']} keep-alive GETs on one connection in memory (other tools: {FEWER} times fewer), "
        f"{result['calls_per_get']} calls in each; ratios to an untraced one are medians of {result['rounds']} rounds."
    )
    table = Table("what", "measured", "target", "", title=title, caption=caption)
    for what, value in result["figures"].items():
        measured = "-" if value is None else f"{value:.{0 if value >= 100 else 2}f}"
        target = f"{TARGETS[what][0]} {TARGETS[what][1]:g}" if what in TARGETS else ""
        said = {True: "met", False: "not met", None: "not measured" if value is None else ""}[met(what, value)]
        table.add_row(what, measured, target, said)
    Console().print(table)
    if None in result["figures"].values():
        click.echo("To measure the other tools too: pip install -e '.[bench]'")


@click.command()
@click.argument("releases", nargs=-1, required=True)
@AS_JSON
@click.option(
    "--wheels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Take the releases from the wheels in FOLDER; no network is used.",
)
def drift(releases: tuple[str, ...], as_json: bool, wheels: Path | None) -> None:
    """Say which notes of the book fit other RELEASES of Twisted, as in 24.11.0 25.5.0.

    Each release is fetched by pip into a temporary folder and read there; nothing of it is installed or run.

    Exit code 0 if all releases could be had, 1 if some could not, 2 if none could or what is asked makes no sense.
    """
    from snippets.workshop.drift import measure

    warn_about_version()
    result = measure(releases, wheels, lambda release: click.echo(f"fetching Twisted {release} ...", err=True))
    for release, reason in result.missing.items():
        click.echo(f"error: Twisted {release} can't be had: {reason}", err=True)
    if not result.releases:
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(result.as_dict(), indent=1))
    else:
        _print_drift(result)
    if result.missing:
        sys.exit(1)


def _print_drift(result: "Drift") -> None:
    from itertools import groupby

    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    caption = "  ".join(f"{state.mark} {state.meaning}" for state in result.states())
    table = Table(title=f"Annotated functions, against Twisted {result.base}", caption=caption)
    table.add_column("function", overflow="fold")
    for release in result.releases:
        table.add_column(release, no_wrap=True)
    for module, named in groupby(result.functions.items(), key=lambda item: item[0].partition(":")[0]):
        table.add_section()
        table.add_row(Text(module, style="bold"))
        for name, compared in named:
            cells = [Text(one.short, style=_style(one)) for one in compared.values()]
            table.add_row(Text(name.partition(":")[2]), *cells)
    console = Console(highlight=False)
    console.print(table)
    for release in result.releases:
        console.print(Text(result.said(release)))
    for name, compared in result.functions.items():
        complaints = [why for one in compared.values() for _, why in one.lost]
        if complaints:
            console.print(Text(f"\n{name.partition(':')[2]}", style="bold"))
        for complaint in complaints:
            console.print(Padding(Text(complaint), (0, 0, 0, 2)))


def _style(compared: "Compared") -> str:
    if compared.lost:
        return "bold red"
    return {"unchanged": "green", "moved": "cyan", "changed": "yellow"}.get(compared.state, "dim")
