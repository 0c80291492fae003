"""The pages of the book: executed with the reader's own Twisted, made by Sphinx, and made anew when they are stale."""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import twisted

from snippets import catalogue
from snippets.edition.folders import NEW, shelf, whole

Say = Callable[[str], None]

# By this file a folder is known as one that was made here, and may be made anew.
OURS = ".twisted-web-book"
_SHARED = ("chapters/annotations/*.md", "chapters/citations.toml", "snippets/**/*.*", "tests/test_*.py")
_GATHERED = ("chapters/*.*", "notebooks/*.ipynb")  # a page may tell of every chapter, and show what its notebook has
_PAGES_ONLY = "snippets/edition/*.*", "snippets/edition/static/*.*"  # no chapter runs anything of these
_NO_TEXT = {".pyc"}


def pages(say: Say) -> Path:
    """The folder of the pages as they should be now; it is made first if it is stale.

    Args:
        say: is called with each line that tells how far it is.

    Raises:
        LensError: a cell raised, or the folder can't be written.
    """
    folder = shelf() / "pages"
    if _key_of(folder) != key():
        make(folder, say)
    return folder


def make(folder: Path, say: Say) -> None:
    """Make the pages in `folder`: whole, or not at all.

    Raises:
        LensError: the folder has other files in it, a cell raised, or it can't be written.
    """
    made_of = key()
    with whole(folder, OURS, "has other files in it, which would be lost") as half:
        _make(half, say)
        (half / NEW / OURS).write_text(made_of, encoding="utf-8")


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
    shared, gathered = _digest(_SHARED, _PAGES_ONLY), _digest(_GATHERED)
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


def _key_of(folder: Path) -> str:
    """What the pages in a folder were made of; "" if there are none."""
    try:
        return (folder / OURS).read_text(encoding="utf-8")
    except OSError:
        return ""


def key() -> str:
    """A digest of all that the pages are made of."""
    return _short(_digest(_SHARED), _digest(_GATHERED))


def _short(*digests: bytes) -> str:
    """A key for files, by their digests, as Twisted and Python are now."""
    return hashlib.sha256(f"{twisted.__version__} {sys.version}".encode() + b"".join(digests)).hexdigest()[:16]


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
        LensError: there are other files in it, or it can't be written.
    """
    with whole(out, OURS, "is there and was not made here") as half:
        shutil.copytree(pages(say), half / NEW)
