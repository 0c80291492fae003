"""The shell's way in: python -m snippets."""

import io
import sys
from typing import TYPE_CHECKING

import click

from snippets import catalogue
from snippets.browser.commands import site
from snippets.edition import commands as edition
from snippets.lens.errors import LensError
from snippets.practice.commands import exercises
from snippets.shell import Commands, Name, warn_about_version
from snippets.workshop import commands

if TYPE_CHECKING:  # it takes long to import Twisted
    from twisted.web.resource import IResource


def _snippet_names() -> list[str]:
    return [snippet.name for snippet in catalogue.snippets()]


def _function_names() -> list[str]:
    from snippets.lens.names import complete

    return complete()


SNIPPET = Name("name", _snippet_names)


def _claim_names() -> list[str]:
    from snippets.lens.claims import claims

    return claims()


FUNCTION = Name("function", _function_names)
CLAIM = Name("name", _claim_names)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
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

    warn_about_version()
    data = request_bytes(request)
    wire = Wire(_root_of(name))
    with record(
        [step.name for step in PATH], watch={"twisted.web.http:HTTPChannel": ["line_mode", "_handlingRequest"]}
    ) as recorded:
        response = wire.send(data, size)
    if as_json:
        click.echo(recorded.to_json())
        return
    from rich.console import Console

    Console().print(recorded)
    click.echo()
    click.echo(response.decode("latin-1") or "(nothing came back)")


@cli.command()
@click.argument("name", type=SNIPPET)
@click.argument("request")
@click.option("--size", type=click.IntRange(min=1), help="Feed the request in pieces of SIZE bytes.")
@click.option("--step", type=click.IntRange(min=0), default=0, help="Begin at this step.")
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The page to write, as in FILE.html.")
def play(name: str, request: str, size: int | None, step: int, out: str) -> None:
    """Send one REQUEST to the site of the snippet NAME, and write a page that steps through every line it runs.

    REQUEST is as in "GET /hello", or a file that holds the bytes to send.
    """
    from snippets.lens.player import play as played

    warn_about_version()
    player = played(request, _root_of(name), size, step)
    player.save(out)
    click.echo(f"{out}: {player!r}")


def _root_of(name: str) -> "IResource":
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

    from snippets.lens import notes
    from snippets.lens.lines import lines
    from snippets.lens.listing import listing
    from snippets.lens.typed import request_bytes

    warn_about_version()
    lit = None
    if request is not None:
        from snippets.lens.wire import Wire

        data = request_bytes(request)
        with lines([function]) as lit:
            Wire(_root_of(site)).send(data, size)
    if not notes.store():
        click.echo("warning: there are no notes here; a checkout of the book has them", err=True)
    Console().print(listing(function, lit))


@cli.command()
@click.argument("name", type=CLAIM)
def prove(name: str) -> None:
    """Run the test NAME, which carries a claim of the book, and say what it states and whether that holds here.

    Exit code 1 if it doesn't.
    """
    from snippets.lens import claims

    verdict = claims.prove(name)
    click.echo(str(verdict))
    if not verdict.holds:
        sys.exit(1)


for command in (edition.html, edition.pictures):
    commands.book.add_command(command)
for command in (exercises, edition.serve, site, commands.book, commands.coverage, commands.drift, commands.bench):
    cli.add_command(command)


def main() -> None:
    """Run the command line; what a reader did wrong becomes one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no box-drawing characters shows the rest
    try:
        cli(prog_name="python -m snippets" if sys.argv[0].endswith("__main__.py") else "snippets")
    except LensError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
