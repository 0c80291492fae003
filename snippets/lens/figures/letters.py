"""The letters of figures without matplotlib: their outlines and widths, from a file that `pack` makes of DejaVu.

The wheel for browsers carries it as `letters.json.gz` beside this module; where it is not, matplotlib's fonts are read.
"""

import functools
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from snippets.lens.errors import LensError
from snippets.lens.figures.typeset import FACES, LIGATURES, Letter, Letters, Source, kerning_pairs

FILE = Path(__file__).with_name("letters.json.gz")


class Packed:
    """Letters from a file that `pack` has written."""

    def __init__(self, path: Path) -> None:
        stored = json.loads(gzip.decompress(path.read_bytes()))
        self._letters, self._kerns = stored["letters"], stored["kerns"]

    def signs(self) -> frozenset[str]:
        return frozenset(piece for piece in self._letters if len(piece) == 1)

    def letter(self, piece: str, face: int) -> Letter:
        faces = self._letters[piece]
        # A face in which the letter looks as in another has only the place of that.
        stored = faces[face] if isinstance(faces[face], list) else faces[faces[face]]
        return Letter(*stored)

    def kern(self, pair: str, face: int) -> int:
        return self._kerns[face].get(pair, 0) if face < len(self._kerns) else 0


@functools.lru_cache
def outlines() -> Letters:
    """The letters that figures are set in.

    Raises:
        LensError: there is neither the file nor matplotlib.
    """
    if FILE.exists():
        return Letters(Packed(FILE))
    return Letters(_of_matplotlib())


def _of_matplotlib() -> Source:
    try:
        from snippets.lens.figures.dejavu import DejaVu
    except ImportError as error:
        raise LensError(f"there are no letters to draw figures with: neither {FILE.name} nor matplotlib") from error
    return DejaVu()


def pack(path: str | Path) -> None:
    """Write the letters to a file, the same bytes for the same fonts; needs matplotlib.

    Args:
        path: the file; beside this module it must be named as `FILE` is.
    """
    source = _of_matplotlib()
    letters = {piece: _stored(source, piece) for piece in [*sorted(source.signs()), *LIGATURES]}
    kerns = [dict(_kerned(source, face)) for face, (mono, _) in enumerate(FACES) if not mono]
    text = json.dumps({"letters": letters, "kerns": kerns}, ensure_ascii=False, separators=(",", ":"))
    Path(path).write_bytes(gzip.compress(text.encode(), mtime=0))


def _stored(source: Source, piece: str) -> list[Letter | int]:
    every = [source.letter(piece, face) for face, (mono, _) in enumerate(FACES) if len(piece) == 1 or not mono]
    first = [every.index(letter) for letter in every]
    return [letter if at == place else at for place, (letter, at) in enumerate(zip(every, first, strict=True))]


def _kerned(source: Source, face: int) -> Iterator[tuple[str, int]]:
    for pair in sorted(kerning_pairs()):
        if kern := source.kern(pair, face):
            yield pair, kern
