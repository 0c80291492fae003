"""The commands of the book in a browser: python -m snippets site build, and site serve."""

from pathlib import Path

import click

from snippets import catalogue
from snippets.edition.commands import open_page
from snippets.shell import warn_about_version

_FOLDER = click.argument("out", type=click.Path(path_type=Path))


@click.group()
def site() -> None:
    """Make the book as a site on which Python runs in the reader's browser, and serve it."""


@site.command()
@_FOLDER
def build(out: Path) -> None:
    """Make the site in the folder OUT, for any server of static files.

    What it is made of comes from PyPI and npm, and is kept: the next build asks nobody.
    """
    catalogue.check_text()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from snippets.browser import build as making

    warn_about_version()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=making.steps(), completed=-1)
        making.build(out, lambda what: bar.update(task, description=what, advance=1))
    files = [file.stat().st_size for file in out.rglob("*") if file.is_file()]
    click.echo(f"{out}: the site is there, {sum(files) / 1e6:.0f} MB; `python -m snippets site serve {out}` serves it")


@site.command()
@_FOLDER
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--browser/--no-browser", default=True, help="Open the first page in a browser.")
def serve(out: Path, port: int, browser: bool) -> None:
    """Serve the site in OUT on this machine, by Twisted.web; Ctrl-C ends it."""
    from snippets.browser.serve import serve as run

    def ready(address: str) -> None:
        click.echo(f"The book is at {address} (Ctrl-C ends it)")
        if browser:
            open_page(address)

    run(out.resolve(), port, ready)
