"""The commands of the web pages: python -m snippets serve, and book html."""

import ipaddress
import threading
import webbrowser
from pathlib import Path

import click

from snippets import catalogue
from snippets.shell import warn_about_version


def _say(line: str) -> None:
    click.echo(line, err=True)


def open_page(address: str) -> None:
    """Open a page in the reader's browser; where that is one of the terminal, it returns when the reader leaves it."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


class _Address(click.ParamType):
    """An address to listen on: a number, and no name."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return str(ipaddress.ip_address("127.0.0.1" if value == "localhost" else value))
        except ValueError:
            self.fail(f"{value} is no address: write a number, as in 127.0.0.1", param, ctx)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--host", type=_Address(), default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--browser/--no-browser", default=True, help="Open the first page in a browser.")
def serve(port: int, host: str, browser: bool) -> None:
    """Serve the book as web pages, by Twisted.web itself: with requests to play, and this very server to watch.

    The pages are made first if they are stale, which takes a minute or two; Ctrl-C ends it.
    """
    catalogue.check_text()
    from snippets.edition.pages import pages
    from snippets.edition.server import bound
    from snippets.edition.server import serve as run

    warn_about_version()

    def ready(address: str) -> None:
        click.echo(f"The book is at {address} (Ctrl-C ends it)")
        if not ipaddress.ip_address(host).is_loopback:
            _say("Whoever reaches this machine can read it, and have requests played here: no password is asked.")
        if browser:
            open_page(address)

    with bound(host, port) as listening:  # before the pages are made: it takes long to find out otherwise
        run(pages(_say), listening, ready)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for the pages.")
def html(out: Path) -> None:
    """Make the book as web pages in the folder OUT, for a web server of your own.

    They hold the source of the Twisted that is installed here; its licence (MIT) allows that.
    """
    catalogue.check_text()
    from snippets.edition.pages import copy_to

    warn_about_version()
    copy_to(out, _say)
    click.echo(f"{out}: the pages are there; open them by a web server, as with python -m http.server -d {out}")


@click.command()
def pictures() -> None:
    """Take the pictures of the player, the X-ray and Live for the README, in Chromium."""
    catalogue.check_text()
    from snippets.edition.pictures import take_pictures

    for file in take_pictures():
        click.echo(file)
