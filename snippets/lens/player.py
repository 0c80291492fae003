"""The player: steps through a request line by line, forward and back, in a notebook's cell or on a page of its own."""

import html
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.lens.film import play_film, texts
from snippets.lens.listing import STORED
from snippets.lens.typed import request_bytes
from snippets.lens.writing import write

_MODULE = Path(__file__).with_name("player.js")
_STILL = "This plays where scripts run, and in a notebook after its cell was run:"
_PAGE = "<!doctype html><!-- a request, step by step -->"


def play(
    request: str | bytes | Sequence[tuple],
    root: object,
    size: int | Iterable[int] | None = None,
    step: int = 0,
    **options: Any,
) -> "Player":
    """A request to a site, to be stepped through forward and back.

    Args:
        request: as typed ("GET /hello", see `snippets.lens.typed.request_bytes`), as bytes, or what a client does, one
            after another (see `snippets.lens.film.play_film`).
        root: the root resource of the site, or a factory, as `Wire` takes it.
        size: in pieces of how many bytes the request arrives, as for `Wire.send`.
        step: the number of the step to begin at.
        options: as for `snippets.lens.film.play_film`.

    Raises:
        LensError: the request is none, or there is no such step.
    """
    sent = request_bytes(request) if isinstance(request, str) else request
    return Player(play_film(sent, root, size, **options), step)


class Player:
    """What shows a film, beginning at `step`.

    Raises:
        LensError: it has no such step.
    """

    def __init__(self, film: dict[str, Any], step: int = 0) -> None:
        steps = len(film["kinds"])
        if not steps:
            raise LensError("nothing of what was to be followed has run, so there is no step to show")
        if not isinstance(step, int) or not 0 <= step < steps:
            raise LensError(f"step {step!r} is not in this film: it has the steps 0 to {steps - 1}")
        self.film = film
        self.step = step

    @cached_property
    def texts(self) -> list[dict[str, Any]]:
        """The listings of its functions, read from the installed Twisted."""
        return texts(self.film)

    def __repr__(self) -> str:
        film = self.film
        counts = f"{len(film['kinds'])} steps in {len(film['calls'])} calls of {len(film['functions'])} functions"
        return f"{film['title']}: {counts}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        hint = f"{self!r}. Run this cell to step through them, forward and back."
        stored = {"text/html": f"<p><i>{html.escape(hint)}</i></p>", "text/plain": hint}
        return {"text/html": self.as_html(), "text/plain": repr(self), STORED: stored}

    def as_html(self) -> str:
        """The player with its film, as part of a page; it plays wherever scripts may run."""
        name = secrets.token_hex(8)
        data = {"film": self.film, "texts": self.texts, "step": self.step}
        return (
            f'<div data-player="{name}"><p>{html.escape(_STILL)} {html.escape(repr(self))}.</p>'
            f'<script type="application/json">{_in_script(data)}</script></div>'
            f'<script type="module">{_module()}\nshow(document.querySelectorAll(\'[data-player="{name}"]\'));</script>'
        )

    def as_page(self) -> str:
        """A whole page, which needs no other file: each step of it has an address, as in "#step-12"."""
        title = html.escape(self.film["title"])
        data = {"film": self.film, "texts": _without_links(self.texts), "step": self.step, "address": True}
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
        return (
            f'{_PAGE}<html lang="en"><head>{head}<meta name="color-scheme" content="light dark"></head>'
            '<body style="background: Canvas; color: CanvasText"><main>'
            f'<h1 style="font: bold 1.2em sans-serif">{title}</h1><div data-player="page">'
            f'<script type="application/json">{_in_script(data)}</script></div></main>'
            f'<script type="module">{_module()}\nshow(document.querySelectorAll("[data-player]"));</script>'
            "</body></html>\n"
        )

    def save(self, path: str | Path) -> None:
        """Write the page to `path`; over another player, and over nothing else.

        Raises:
            LensError: there is another file, or it can't be written.
        """
        file = Path(path)
        try:
            if file.exists() and not file.read_bytes().startswith(_PAGE.encode()):
                raise LensError(f"{file} is there, and is no player: name another file")
        except OSError as error:
            raise LensError(f"{file} can't be written: {error.strerror}") from error
        write(file, self.as_page().encode())


def _module() -> str:
    """The script, as it may stand in a page."""
    return _MODULE.read_text(encoding="utf-8").replace("</", "<\\/")


def _in_script(data: object) -> str:
    """JSON as it may stand in a page's script element."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _without_links(listings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The texts, with those links of their notes taken off that lead into the book: a page of its own is not in it."""
    inner = re.compile(r'<a href="(?!https?:)[^"]*">(.*?)</a>', re.DOTALL)
    return [
        each
        if "notes" not in each
        else each
        | {
            "purpose": inner.sub(r"\1", each["purpose"]),
            "notes": [[line, inner.sub(r"\1", note)] for line, note in each["notes"]],
        }
        for each in listings
    ]
