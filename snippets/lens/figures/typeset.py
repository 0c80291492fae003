"""Sets a text in letters: which piece of it stands where, by their widths and the distances between them."""

import functools
import itertools
import re
from typing import NamedTuple, Protocol

EM = 512  # units of an outline to the size of the type
UNIT = 128  # units of a width to the point, as FreeType measures at 144 dots to the inch
FACES = [(mono, bold) for mono in (False, True) for bold in (False, True)]

# What the proportional faces draw as one letter, and the sign that has its outline.
LIGATURES = {"ffi": "\ufb03", "ffl": "\ufb04", "ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02"}
_PIECE = re.compile("|".join([*LIGATURES, "."]), re.DOTALL)


class Letter(NamedTuple):
    """How far it is to the next one, in `UNIT`s, and the outline as the path of an SVG, y downwards from its base."""

    wide: int
    outline: str


class Placed(NamedTuple):
    """A letter of a text, and how far it is from the left edge, in points."""

    piece: str
    x: float


class Source(Protocol):
    """Where letters come from; a `piece` is a sign or a ligature, a face is a place in `FACES`."""

    def signs(self) -> frozenset[str]:
        """Every sign."""

    def letter(self, piece: str, face: int) -> Letter:
        """How a piece looks."""

    def kern(self, pair: str, face: int) -> int:
        """How much further apart two pieces stand than they would alone, in `UNIT`s."""


class Letters:
    """Sets text in letters."""

    def __init__(self, source: Source) -> None:
        self.signs = source.signs()
        self._source = source

    def outline(self, piece: str, mono: bool, bold: bool) -> str:
        """The path of a sign or ligature, as an SVG has it: `EM` units high, y downwards from the base line."""
        return self._source.letter(piece, FACES.index((mono, bold))).outline

    def width(self, text: str, mono: bool, bold: bool) -> float:
        """How wide `text` is, in points."""
        return self._placed(text, mono, bold)[1]

    def placed(self, text: str, mono: bool, bold: bool) -> list[Placed]:
        """Where each letter of `text` stands."""
        return self._placed(text, mono, bold)[0]

    def _placed(self, text: str, mono: bool, bold: bool) -> tuple[list[Placed], float]:
        face, x, before = FACES.index((mono, bold)), 0, ""
        placed = []
        for piece in pieces(text, mono):
            x += self._source.kern(before + piece, face) if before else 0
            placed.append(Placed(piece, x / UNIT))
            x += self._source.letter(piece, face).wide
            before = piece
        return placed, x / UNIT


def pieces(text: str, mono: bool) -> list[str]:
    """The signs of `text`, and what is drawn as one letter."""
    return list(text) if mono else _PIECE.findall(text)


@functools.lru_cache
def kerning_pairs() -> frozenset[str]:
    """The pairs of letters whose distance is corrected: of all that are in ASCII."""
    ascii_pieces = [*map(chr, range(0x20, 0x7F)), *LIGATURES]
    pairs = itertools.product(ascii_pieces, repeat=2)
    return frozenset("".join(pair) for pair in pairs if pieces("".join(pair), mono=False) == list(pair))
