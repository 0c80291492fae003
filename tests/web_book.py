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
from snippets.edition.contents import SERVED
from snippets.edition.sphinx_pages import run_sphinx
from snippets.workshop import notebook as saved
from snippets.workshop.assembly import assemble
from tests.programs import ROOT
from tests.serving import serving

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


def by_hand(folder: Path) -> Path:
    """Make the pages X-ray and Live in a folder, without the book around them, and return where they are."""
    (folder / "sources").mkdir()
    (folder / "sources" / "index.md").write_text("# A book\n\n```{toctree}\nxray\nlive\n```\n")
    for name in SERVED:
        shutil.copy(Path(pages.__file__).with_name(f"{name}.md"), folder / "sources")
    assert run_sphinx(folder / "sources", folder / "pages", folder / "trees") == []
    return folder / "pages"


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
    with serving(folder) as server:
        yield f"http://127.0.0.1:{server.port}/"
