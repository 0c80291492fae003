"""The pages of the book: executed with the reader's own Twisted, made by Sphinx, and made anew when they are stale."""

import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import twisted

from snippets import catalogue
from snippets.edition.folders import NEW, key_of, shelf, whole
from snippets.edition.undisturbed import alone
from snippets.lens.errors import LensError

Say = Callable[[str], None]

# By this file a folder is known as one that was made here, and may be made anew.
OURS = ".twisted-web-book"
_SHARED = ("chapters/annotations/*.md", "chapters/citations.toml", "snippets/**/*.*", "tests/test_*.py")
_GATHERED = ("chapters/*.*", "notebooks/*.ipynb")  # a page may tell of every chapter, and show what its notebook has
_PAGES_ONLY = "snippets/edition/*.*", "snippets/edition/static/*.*"  # no chapter runs anything of these
_NO_TEXT = {".pyc"}
_PINNED = re.compile(r"^([\w.-]+)(?:\[.*\])?==", re.MULTILINE)


def pages(say: Say) -> Path:
    """The folder of the pages as they should be now; it is made first if it is stale.

    Args:
        say: is called with each line that tells how far it is.

    Raises:
        LensError: a cell raised, or they can't be made.
    """
    folder = shelf() / "pages"
    made_of = key()
    if key_of(folder, OURS) != made_of:
        with _shelf_alone(say):
            if key_of(folder, OURS) != made_of:  # or who was there first has made them
                make(folder, say)
    return folder


@contextmanager
def _shelf_alone(say: Say) -> Iterator[None]:
    """While it runs, no other process makes pages here: each would delete what the other has executed."""
    try:
        shelf().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LensError(f"{shelf()} can't be written: {error.strerror}") from error
    with alone(shelf(), lambda: say("the pages are being made by another command: waiting for it")):
        yield


def make(folder: Path, say: Say) -> None:
    """Make the pages in `folder`: whole, or not at all.

    Raises:
        LensError: something was not made here and would be lost, a cell raised, or they can't be made.
    """
    with whole(folder, OURS, key()) as half:
        _make(half, say)


def _make(half: Path, say: Say) -> None:
    import nbformat

    from snippets.edition.contents import SERVED, index
    from snippets.edition.sphinx_pages import run_sphinx
    from snippets.edition.web_cells import for_the_web

    sources = half / "sources"
    sources.mkdir()
    for slug, ran in _executed(say):
        (sources / f"{slug}.ipynb").write_text(nbformat.writes(for_the_web(nbformat.reads(ran, 4))), encoding="utf-8")
    (sources / "index.md").write_text(index(), encoding="utf-8")
    for name in SERVED:
        shutil.copy(Path(__file__).with_name(f"{name}.md"), sources)
    say("making the pages")
    for warning in run_sphinx(sources, half / NEW, half / "trees"):
        say(warning)


def _executed(say: Say) -> Iterator[tuple[str, str]]:
    """Each text as a notebook that has run, as JSON; those that ran before, and haven't changed, don't run again."""
    kept = shelf() / "executed"
    kept.mkdir(parents=True, exist_ok=True)
    names = executed(catalogue.texts())
    stale = [slug for slug, file in names.items() if not file.exists()]
    if stale:
        say(f"executing {len(stale)} of {len(names)} chapters and pages")
        _execute(stale, names)
    for file in set(kept.iterdir()) - set(names.values()):
        file.unlink()
    for slug, file in names.items():
        yield slug, file.read_text(encoding="utf-8")


def executed(slugs: Iterable[str]) -> dict[str, Path]:
    """Where texts are kept that have run as they are now, with all that they import and quote as these are now."""
    shared, gathered = _installed() + _digest(_SHARED, _PAGES_ONLY), _digest(_GATHERED)
    chapters = set(catalogue.slugs())
    keys = {
        slug: _short(shared, _digest([f"chapters/{slug}.md"]), b"" if slug in chapters else gathered) for slug in slugs
    }
    return {slug: shelf() / "executed" / f"{slug}-{key}.ipynb" for slug, key in keys.items()}


def _execute(stale: list[str], names: dict[str, Path]) -> None:
    import nbformat

    from snippets.workshop.assembly import assemble
    from snippets.workshop.kernels import run
    from snippets.workshop.notebook import write
    from snippets.workshop.together import together

    for slug, ran in together(stale, lambda slug, progress: run(assemble(slug), slug, progress)):
        write(names[slug], nbformat.writes(ran).encode())


def key() -> str:
    """A digest of all that the pages are made of."""
    return _short(_installed(), _digest(_SHARED), _digest(_GATHERED))


def _short(*digests: bytes) -> str:
    return hashlib.sha256(b"".join(digests)).hexdigest()[:16]


def _installed() -> bytes:
    """A digest of what executes the texts and makes the pages: Python, the packages, and Twisted as it stands there."""
    root = catalogue.CHAPTERS.parent
    requirements = root / "requirements.txt"
    names = _PINNED.findall(requirements.read_text(encoding="utf-8")) if requirements.exists() else []
    found = (next(iter(metadata.distributions(name=name)), None) for name in names)
    digest = hashlib.sha256(f"{sys.version} {[each and each.version for each in found]}".encode())
    # The text of Twisted, too: somebody may write in it to see what happens.
    package = Path(twisted.__file__).parent
    noted = (file.stem.split(".")[1:] for file in root.glob("chapters/annotations/twisted.*.md"))
    files = {*package.glob("web/*.py"), *(package.joinpath(*names).with_suffix(".py") for names in noted)}
    for file in sorted(file for file in files if file.is_file()):
        digest.update(f"\0{file.relative_to(package)}\0".encode() + file.read_bytes())
    return digest.digest()


def _digest(patterns: Iterable[str], without: Iterable[str] = ()) -> bytes:
    """A digest of the files of the book that are named by some patterns, and not by others."""
    root = catalogue.CHAPTERS.parent
    files = {file for pattern in patterns for file in root.glob(pattern) if file.suffix not in _NO_TEXT}
    files -= {file for pattern in without for file in root.glob(pattern)}
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        digest.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.digest()


def copy_to(out: Path, say: Say) -> None:
    """Put the pages into `out`, for a web server of one's own.

    Raises:
        LensError: something in it was not made here and would be lost, a cell raised, or they can't be made.
    """
    with whole(out, OURS, key(), "is there and was not made here: name a folder that isn't there yet") as half:
        shutil.copytree(pages(say), half / NEW)
