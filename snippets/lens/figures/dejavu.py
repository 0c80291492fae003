"""The letters of DejaVu, read from the fonts that matplotlib brings along."""

import functools

from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path

import snippets.lens.figures.png as png
from snippets.lens.figures.typeset import EM, FACES, LIGATURES, UNIT, Letter, kerning_pairs, pieces


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
        outline = _path([(round(x), -round(y)) for x, y in points.tolist()], codes.tolist())
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


def _path(points: list[tuple[int, int]], codes: list[int]) -> str:
    """The commands of an SVG's path, each from where the one before has ended."""
    x = y = place = 0
    first, commands = (0, 0), []
    while place < len(codes):
        end_x, end_y = points[place]
        match codes[place]:
            case Path.MOVETO:
                commands.append(f"m{end_x - x} {end_y - y}")
                first = (end_x, end_y)
            case Path.LINETO:
                commands.append(f"l{end_x - x} {end_y - y}")
            case Path.CURVE3:
                place += 1
                bend_x, bend_y = end_x - x, end_y - y
                end_x, end_y = points[place]
                commands.append(f"q{bend_x} {bend_y} {end_x - x} {end_y - y}")
            case _:
                commands.append("z")
                end_x, end_y = first
        x, y = end_x, end_y
        place += 1
    return "".join(commands).replace(" -", "-")
