"""The shell's way in: python -m snippets."""

import sys
from pathlib import Path

import click

from snippets import catalogue
from snippets.lens.errors import LensError


class _Name(click.ParamType):
    """A parameter whose values can be completed by the shell."""

    def __init__(self, name: str, values: object) -> None:
        self.name = name
        self._values = values

    def shell_complete(self, ctx: object, param: object, incomplete: str) -> list[object]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(value) for value in self._values() if value.lower().startswith(incomplete.lower())]


def _snippet_names() -> list[str]:
    return [snippet.name for snippet in catalogue.snippets()]


def _function_names() -> list[str]:
    from snippets.lens.names import complete

    return complete()


SNIPPET = _Name("name", _snippet_names)
FUNCTION = _Name("function", _function_names)
CHAPTER = _Name("chapter", catalogue.slugs)


def _warn_about_version() -> None:
    """Say once, in one line, that another Twisted than the book's is installed."""
    import warnings

    from snippets.lens.release import OtherTwisted, check_version

    warnings.simplefilter("ignore", OtherTwisted)
    if said := check_version():
        click.echo(said, err=True)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Run the snippets of the book, and look at Twisted at work.

    Without a command, list the snippets.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_snippets)


@cli.command("list")
def list_snippets() -> None:
    """List the snippets, chapter by chapter."""
    every = catalogue.snippets()
    width = max((len(snippet.name) for snippet in every), default=0)
    for chapter, about in catalogue.chapters().items():
        click.echo(f"{chapter}: {about}")
        for snippet in every:
            if snippet.chapter == chapter:
                click.echo(f"  {snippet.name:<{width}}  {snippet.about}")
    click.echo("\nRun one with `python -m snippets run NAME`; `python -m snippets --help` says what else there is.")


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("name", type=SNIPPET)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(name: str, args: tuple[str, ...]) -> None:
    """Run the snippet NAME with ARGS, as `python FILE ARGS` would; `run NAME --help` says what it takes."""
    import runpy

    file = str(catalogue.find(name).file)
    sys.argv = [file, *args]
    runpy.run_path(file, run_name="__main__")


@cli.command()
@click.argument("name", type=SNIPPET)
@click.argument("request")
@click.option("--size", type=click.IntRange(min=1), help="Feed the request in pieces of SIZE bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print the trace as JSON.")
def trace(name: str, request: str, size: int | None, as_json: bool) -> None:
    """Send one REQUEST to the site of the snippet NAME, and show the calls it makes.

    REQUEST is as in "GET /hello", or a file that holds the bytes to send.
    """
    import gc

    # One request and the end of the process: looking for garbage would only take longer to import Twisted.
    gc.disable()

    from snippets.lens.path import PATH
    from snippets.lens.trace import record
    from snippets.lens.typed import request_bytes
    from snippets.lens.wire import Wire

    _warn_about_version()
    data = request_bytes(request)
    wire = Wire(_root_of(name))
    with record([step.name for step in PATH], watch={"HTTPChannel": ["line_mode", "_handlingRequest"]}) as recorded:
        response = wire.send(data, size)
    if as_json:
        click.echo(recorded.to_json())
        return
    from rich.console import Console

    Console().print(recorded)
    click.echo()
    click.echo(response.decode("latin-1") or "(nothing came back)")


def _root_of(name: str) -> object:
    """The root resource of a snippet's site."""
    import importlib

    snippet = catalogue.find(name)
    make_root = getattr(importlib.import_module(snippet.module), "root", None)
    if make_root is None:
        with_site = [other.name for other in catalogue.snippets() if "def root(" in other.file.read_text("utf-8")]
        raise LensError(f"{name} has no site to send a request to; these have: {', '.join(with_site)}")
    return make_root()


@cli.command()
@click.argument("function", type=FUNCTION)
@click.option("--request", help='Light the lines that this request runs: as in "GET /hello", or a file of bytes.')
@click.option("--size", type=click.IntRange(min=1), help="Feed the request in pieces of SIZE bytes.")
@click.option("--site", type=SNIPPET, default="hello_site", show_default=True, help="The snippet that answers it.")
def show(function: str, request: str | None, size: int | None, site: str) -> None:
    """Show FUNCTION as it stands in the installed Twisted, with its notes.

    FUNCTION is as in HTTPChannel.lineReceived or server.Request.write.
    """
    from rich.console import Console

    from snippets.lens.lines import lines
    from snippets.lens.listing import listing
    from snippets.lens.typed import request_bytes

    _warn_about_version()
    lit = None
    if request is not None:
        from snippets.lens.wire import Wire

        data = request_bytes(request)
        with lines([function]) as lit:
            Wire(_root_of(site)).send(data, size)
    Console().print(listing(function, lit))


@cli.group()
def book() -> None:
    """Build the notebooks from the chapters, and check them."""


@book.command()
@click.argument("slug", type=CHAPTER, required=False)
def build(slug: str | None) -> None:
    """Build and execute the notebook of the chapter SLUG, or of all chapters."""
    from snippets.lens import book as lens_book

    for name, progress in _each_chapter(slug):
        changed = lens_book.build(name, progress)
        click.echo(f"{name}: {'built' if changed else 'unchanged'}")
    if slug is None:
        click.echo(f"{lens_book.COVER.name}: {'built' if lens_book.build_cover() else 'unchanged'}")


@book.command("check")
@click.argument("slug", type=CHAPTER, required=False)
def check_book(slug: str | None) -> None:
    """Say which notebooks are stale (text, outputs) and which links are dead; exit code 1 if any."""
    from snippets.lens import book as lens_book

    complaints = []
    for name, progress in _each_chapter(slug):
        found = lens_book.check(name, progress)
        click.echo(f"{name}: {'stale' if found else 'as built'}")
        complaints += found
    if slug is None:
        complaints += lens_book.stale_cover()
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints:
        click.echo("`python -m snippets book build` makes the notebooks anew", err=True)
        sys.exit(1)


def _each_chapter(slug: str | None) -> object:
    """The chapters to work on, each with a callback that shows how far it is."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from snippets.lens import book as lens_book

    names = [lens_book.chapter(slug)] if slug else lens_book.slugs()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        for name in names:
            task = bar.add_task(name, total=None)

            def progress(done: int, total: int, task: object = task) -> None:
                bar.update(task, completed=done, total=total)

            yield name, progress
            bar.remove_task(task)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the measure as JSON.")
@click.option("--all", "every", is_flag=True, help="Name the functions that have no notes yet.")
def coverage(as_json: bool, every: bool) -> None:
    """Measure the reading: functions on the path with notes, lines lit, notes whose line is gone.

    Exit code 1 if a note has lost its line.
    """
    import json

    from snippets.lens.coverage import measure

    _warn_about_version()
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


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def bench(as_json: bool) -> None:
    """Measure what recording costs, against no recording and against other tools."""
    import json

    from snippets.lens import bench as lens_bench

    result = lens_bench.measure(progress=lambda stage: click.echo(f"measuring {stage} ...", err=True))
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    from rich.console import Console

    Console().print(lens_bench.table(result))


@cli.command()
@click.argument("releases", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option(
    "--wheels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Take the releases from the wheels in FOLDER; no network is used.",
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE.png",
    help="Draw the functions by release too.",
)
def drift(releases: tuple[str, ...], as_json: bool, wheels: Path | None, figure: Path | None) -> None:
    """Say which notes of the book fit other RELEASES of Twisted, as in 24.11.0 25.5.0.

    Each release is fetched by pip into a temporary folder and read there; nothing of it is installed or run.

    Exit code 0 if all releases could be had, 1 if some could not, 2 if none could or what is asked makes no sense.
    """
    import json

    from snippets.lens import drift as lens_drift

    _warn_about_version()
    if figure is not None and (figure.suffix != ".png" or not figure.parent.is_dir()):
        raise LensError(f"{figure} can't be drawn: give a file that ends in .png, in a folder that is there")
    found = lens_drift.measure(
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
    if figure is not None:
        from snippets.lens import figures

        figures.drift(found).save(figure)
        click.echo(f"drawn: {figure}", err=True)
    if found.missing:
        sys.exit(1)


def _print_drift(found: object) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from snippets.lens import drift as lens_drift

    console = Console(highlight=False)
    console.print(lens_drift.table(found))
    for release in found.releases:
        console.print(Text(found.said(release)))
    for name, compared in found.functions.items():
        complaints = [why for one in compared.values() for _, why in one.lost]
        if complaints:
            console.print(Text(f"\n{name.partition(':')[2]}", style="bold"))
        for complaint in complaints:
            console.print(Padding(Text(complaint), (0, 0, 0, 2)))


def main() -> None:
    """Run the command line; what a reader did wrong becomes one line and exit code 2."""
    try:
        cli(prog_name="python -m snippets" if sys.argv[0].endswith("__main__.py") else "snippets")
    except LensError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
