"""The letters of DejaVu, read from the fonts that matplotlib brings along."""

import functools
from collections.abc import Iterator

from matplotlib.ft2font import FT2Font, LoadFlags

from snippets.lens.figures import png
from snippets.lens.figures.typeset import EM, FACES, LIGATURES, UNIT, Letter, kerning_pairs, pieces

MOVE, LINE, CURVE = 1, 2, 3  # the codes of matplotlib's paths


class DejaVu:
    """Letters measured and outlined as matplotlib draws them."""

    def signs(self) -> frozenset[str]:
        return png.signs()

    @functools.cache  # noqa: B019 - there is one of them
    def letter(self, piece: str, face: int) -> Letter:
        sign = LIGATURES.get(piece, piece)
        font = _font(face)
        font.load_char(ord(sign), flags=LoadFlags.NO_HINTING)
        points, codes = font.get_path()
        outline = "".join(_path([(round(x), -round(y)) for x, y in points.tolist()], codes.tolist()))
        return Letter(_width(piece, face), outline)

    @functools.cache  # noqa: B019
    def kern(self, pair: str, face: int) -> int:
        if FACES[face][0] or pair not in kerning_pairs():
            return 0
        return _width(pair, face) - sum(_width(piece, face) for piece in pieces(pair, mono=False))


def _width(text: str, face: int) -> int:
    return round(png.width(text, *FACES[face]) * UNIT)


@functools.lru_cache
def _font(face: int) -> FT2Font:
    font = FT2Font(str(png.font_file(*FACES[face])))
    font.set_size(EM, 72)
    return font


def _path(points: list[tuple[int, int]], codes: list[int]) -> Iterator[str]:
    """The commands of an SVG's path, each from where the one before has ended."""
    x = y = 0
    first, place = (0, 0), 0
    while place < len(codes):
        code = codes[place]
        steps = 2 if code == CURVE else 1
        to = points[place : place + steps]
        place += steps
        if code not in (MOVE, LINE, CURVE):
            x, y = first
            yield "z"
            continue
        letter = {MOVE: "m", LINE: "l", CURVE: "q"}[code]
        yield letter + " ".join(f"{across - x} {down - y}" for across, down in to).replace(" -", "-")
        x, y = to[-1]
        first = to[0] if code == MOVE else first
