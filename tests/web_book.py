"""A web edition for the tests: the real chapters, a few of them executed anew, and one more with players in it."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import nbformat

from snippets import catalogue
from snippets.edition import pages
from snippets.workshop import notebook as saved
from snippets.workshop.assembly import assemble
from tests.programs import ROOT, running

# What runs while the tests do; of the other texts the saved notebook is taken, in which listings have no source.
EXECUTED = ("00_start_here", "05_http_channel", "99_players")

PLAYERS = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
question: "Does it play?"
---

# 99 · Players

The wanderer [jumps](#Further:-the-same-film-once-more) ahead.

```{code-cell} ipython3
from snippets.lens.player import play
from snippets.http_channel.hello_site import root

play("GET /hello", root(), size=16)
```

## Further: the same film once more

One finds the same film, beginning elsewhere.

```{code-cell} ipython3
play("GET /hello", root(), size=16, step=30)
```
"""

# The server of the book, for a folder of pages, on a free port: it prints its address.
SERVER = """
import sys
from pathlib import Path
from snippets.edition.server import bound, serve
with bound("127.0.0.1", 0) as listening:
    serve(Path(sys.argv[1]), listening, lambda address: print(address, flush=True))
"""


@contextlib.contextmanager
def shelved(root: Path) -> Iterator[None]:
    """While it runs, the book is the one in the folder `root`."""
    with (
        mock.patch.object(catalogue, "CHAPTERS", root / "chapters"),
        mock.patch.object(saved, "NOTEBOOKS", root / "notebooks"),
    ):
        yield


def made(root: Path) -> list[str]:
    """Make the pages of the book in the folder `root`, and return what was said meanwhile."""
    said: list[str] = []
    with shelved(root):
        pages.pages(said.append)
    return said


def whole(root: Path) -> None:
    """Put the book's text into `root`, with the chapter of the players, and what needn't be executed."""
    shutil.copytree(ROOT / "chapters", root / "chapters")
    (root / "chapters" / "99_players.md").write_text(PLAYERS, encoding="utf-8")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    with shelved(root):
        nbformat.write(assemble("99_players"), root / "notebooks" / "99_players.ipynb")
        for slug, file in pages.executed(set(catalogue.texts()) - set(EXECUTED)).items():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "notebooks" / f"{slug}.ipynb", file)


def once(base: Path) -> Path:
    """The folder of the book's pages under `base`, made by whoever of several processes comes first.

    What was said meanwhile is in the file "said" beside them.
    """
    root = base / "web_book"
    with open(base / "web_book.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # held as long as the file is open, so a process that dies leaves none
        if not (root / "said").exists():
            shutil.rmtree(root, ignore_errors=True)
            whole(root)
            (root / "said").write_text("\n".join(made(root)), encoding="utf-8")
    return root / ".edition" / "pages"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder of pages by the book's own server, as a process; the address, with a slash at its end."""
    with running("-c", SERVER, str(folder), seconds=600) as server:
        yield server.line()
