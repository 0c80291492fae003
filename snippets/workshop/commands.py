"""The commands of the makers: book, coverage, drift and bench."""

import sys
from pathlib import Path

import click

from snippets import catalogue
from snippets.shell import Name, warn_about_version

CHAPTER = Name("chapter", catalogue.slugs)


@click.group()
def book() -> None:
    """Build the notebooks from the chapters, and check them."""


@book.command()
@click.argument("slug", type=CHAPTER, required=False)
def build(slug: str | None) -> None:
    """Build and execute the notebook of the chapter SLUG, or of all chapters."""
    from snippets.workshop import book as maker

    for name, progress in _each_chapter(slug):
        changed = maker.build(name, progress)
        click.echo(f"{name}: {'built' if changed else 'unchanged'}")
    if slug is None:
        click.echo(f"{maker.COVER.name}: {'built' if maker.build_cover() else 'unchanged'}")


@book.command("check")
@click.argument("slug", type=CHAPTER, required=False)
def check_book(slug: str | None) -> None:
    """Say which notebooks are stale (text, outputs) and which links are dead; exit code 1 if any."""
    from snippets.workshop import book as maker

    complaints = []
    for name, progress in _each_chapter(slug):
        found = maker.check(name, progress)
        click.echo(f"{name}: {'stale' if found else 'as built'}")
        complaints += found
    if slug is None:
        complaints += maker.stale_cover()
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints:
        click.echo("`python -m snippets book build` makes the notebooks anew", err=True)
        sys.exit(1)


def _each_chapter(slug: str | None) -> object:
    """The chapters to work on, each with a callback that shows how far it is."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    names = [catalogue.chapter(slug)] if slug else catalogue.slugs()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        for name in names:
            task = bar.add_task(name, total=None)

            def progress(done: int, total: int, task: object = task) -> None:
                bar.update(task, completed=done, total=total)

            yield name, progress
            bar.remove_task(task)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the measure as JSON.")
@click.option("--all", "every", is_flag=True, help="Name the functions that have no notes yet.")
def coverage(as_json: bool, every: bool) -> None:
    """Measure the reading: functions on the path with notes, lines lit, notes whose line is gone.

    Exit code 1 if a note has lost its line.
    """
    import json

    from snippets.workshop.coverage import measure

    warn_about_version()
    result = measure()
    if as_json:
        click.echo(json.dumps(result.as_dict(), indent=1))
    else:
        _print_coverage(result, every)
    for complaint in result.lost:
        click.echo(f"lost: {complaint}", err=True)
    if result.lost:
        sys.exit(1)


def _print_coverage(result: object, every: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = result.functions if every else result.annotated
    table = Table("function", "notes", "lines lit", title="Functions on the path" if every else "Annotated functions")
    for covered in shown:
        table.add_row(covered.name, str(covered.notes or "-"), f"{covered.lit} of {covered.lines}")
    console.print(table)
    numbers = result.as_dict()
    console.print(
        f"{numbers['on_path']} functions of Twisted ran in {result.scenarios} scenarios; "
        f"{numbers['annotated']} have notes. {numbers['lit']} of {numbers['lines']} of their lines were lit. "
        f"Notes whose line is gone: {len(result.lost)}."
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def bench(as_json: bool) -> None:
    """Measure what recording costs, against no recording and against other tools."""
    import json

    from snippets.workshop import bench as benchmark

    result = benchmark.measure(progress=lambda stage: click.echo(f"measuring {stage} ...", err=True))
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    from rich.console import Console

    Console().print(benchmark.table(result))


@click.command()
@click.argument("releases", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
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
    import json

    from snippets.workshop import drift as comparison

    warn_about_version()
    found = comparison.measure(
        releases, wheels, lambda release: click.echo(f"fetching Twisted {release} ...", err=True)
    )
    for release, reason in found.missing.items():
        click.echo(f"error: Twisted {release} can't be had: {reason}", err=True)
    if not found.releases:
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1))
    else:
        _print_drift(found)
    if found.missing:
        sys.exit(1)


def _print_drift(found: object) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from snippets.workshop import drift as comparison

    console = Console(highlight=False)
    console.print(comparison.table(found))
    for release in found.releases:
        console.print(Text(found.said(release)))
    for name, compared in found.functions.items():
        complaints = [why for one in compared.values() for _, why in one.lost]
        if complaints:
            console.print(Text(f"\n{name.partition(':')[2]}", style="bold"))
        for complaint in complaints:
            console.print(Padding(Text(complaint), (0, 0, 0, 2)))
