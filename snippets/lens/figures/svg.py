"""Draws a sheet as an SVG: the letters are outlines, so that it looks the same without a font."""

from collections.abc import Iterable, Iterator
from html import escape

from snippets.lens.figures.letters import outlines
from snippets.lens.figures.marks import HATCH_LINE, WIDTH, Box, Dashes, Line, Mark, Points, Shape, Text
from snippets.lens.figures.palette import INK, TEXT, WHITE
from snippets.lens.figures.typeset import EM

SCALE = 2  # pixels to the point, at the most that a page shows

# Hatch -> the width and the height of its tile in points, and its lines: where matplotlib has them on a sheet.
HATCHES = {
    "////": (6, 6, "M-1 1L1-1M-1 7L7-1M5 7L7 5"),
    "\\\\\\\\": (6, 6, "M5-1L7 1M-1-1L7 7M-1 5L1 7"),
    "---": (4, 4, "M0 2H4"),
    "||||": (3, 3, "M1.5 0V3"),
    "....": (3, 6, "M0 0h0M3 0h0M1.5 3h0M0 6h0M3 6h0"),
}
DOT = 1.1  # points across: the dots of a hatch are round ends of lines without a length


def svg(marks: Iterable[Mark], height: float, alt: str) -> str:
    """The marks on a sheet `height` points high, as a text of their own or for an HTML page."""
    drawn = list(marks)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 {_n(WIDTH)} {_n(height)}"',
            f' style="max-width:{round(WIDTH * SCALE)}px" role="img" aria-label="{attribute(alt)}">',
            "<defs>",
            *_hatches(drawn),
            *_letters(drawn),
            "</defs>",
            f'<path fill="{WHITE}" d="M0 0H{_n(WIDTH)}V{_n(height)}H0z"/>',
            *(_drawn(mark) for mark in drawn),
            "</svg>\n",
        ]
    )


def attribute(text: str) -> str:
    """A text as an attribute in XML or HTML; what neither can hold becomes a space."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))


def _hatches(marks: Iterable[Mark]) -> Iterator[str]:
    for hatch in sorted({mark.fill.hatch for mark in marks if isinstance(mark, Box) and mark.fill.hatch}):
        wide, high, lines = HATCHES[hatch]
        look = f'"{DOT}" stroke-linecap="round"' if "h0" in lines else f'"{HATCH_LINE}"'
        yield (
            f'<pattern id="{_hatch_name(hatch)}" width="{wide}" height="{high}" patternUnits="userSpaceOnUse">'
            f'<path stroke="{INK}" stroke-width={look} d="{lines}"/></pattern>'
        )


def _hatch_name(hatch: str) -> str:
    return f"hatch{list(HATCHES).index(hatch)}"


def _letters(marks: Iterable[Mark]) -> Iterator[str]:
    """The outline of each letter that occurs."""
    named = {
        _letter_name(placed.piece, mark): outlines().outline(placed.piece, mark.mono, mark.bold)
        for mark in marks
        if isinstance(mark, Text)
        for placed in outlines().placed(mark.text, mark.mono, mark.bold)
    }
    return (f'<path id="{name}" d="{outline}"/>' for name, outline in sorted(named.items()) if outline)


def _letter_name(piece: str, text: Text) -> str:
    """The same for the same outline in all figures, for those that stand on one page."""
    return "m" * text.mono + "b" * text.bold + "-".join(f"{ord(sign):x}" for sign in piece)


def _drawn(mark: Mark) -> str:
    match mark:
        case Text():
            return _written(mark)
        case Box():
            return _box(mark)
        case Line(points, colour, line, dashes):
            ends = "" if dashes else ' stroke-linecap="square"'
            return (
                f'<path fill="none"{_edge(colour, line, dashes)}{ends} stroke-linejoin="round" d="{_through(points)}"/>'
            )
        case Shape(points, colour, edge, line):
            return f'<path fill="{colour}"{_edge(edge, line)} d="{_through(points)}z"/>'


def _written(text: Text) -> str:
    letters = outlines()
    wide = letters.width(text.text, text.mono, text.bold)
    left = text.x - wide * {"left": 0, "center": 0.5, "right": 1}[text.align]
    scale = TEXT / EM
    used = "".join(
        f'<use href="#{_letter_name(placed.piece, text)}" x="{_n(placed.x / scale)}"/>'
        for placed in letters.placed(text.text, text.mono, text.bold)
        if letters.outline(placed.piece, text.mono, text.bold)
    )
    return f'<g fill="{text.colour}" transform="translate({_n(left)} {_n(text.y)})scale({scale:.6f})">{used}</g>'


def _box(box: Box) -> str:
    path = f' d="{_rounded(box) if box.round_by else _square(box)}"/>'
    edge = _edge(box.edge, box.line, box.dashes)
    if not box.fill.hatch:
        return f'<path fill="{box.fill.colour}"{edge}{path}'
    return f'<path fill="{box.fill.colour}"{path}<path fill="url(#{_hatch_name(box.fill.hatch)})"{edge}{path}'


def _square(box: Box) -> str:
    return f"M{_n(box.x)} {_n(box.y)}H{_n(box.x + box.wide)}V{_n(box.y + box.high)}H{_n(box.x)}z"


def _rounded(box: Box) -> str:
    """A rectangle with the corners that matplotlib draws: no quarters of a circle, but nearly."""
    left, top, right, bottom, by = box.x, box.y, box.x + box.wide, box.y + box.high, box.round_by
    corners = [
        ((right - by, top), (right, top), (right, top + by)),
        ((right, bottom - by), (right, bottom), (right - by, bottom)),
        ((left + by, bottom), (left, bottom), (left, bottom - by)),
        ((left, top + by), (left, top), (left + by, top)),
    ]
    return "M" + "L".join(f"{_pair(start)}Q{_pair(corner)} {_pair(end)}" for start, corner, end in corners) + "z"


def _through(points: Points) -> str:
    return "M" + "L".join(map(_pair, points))


def _pair(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _edge(colour: str, line: float, dashes: Dashes = ()) -> str:
    if colour == "none":
        return ""
    lengths = " ".join(_n(length * line) for length in dashes)
    dashed = f' stroke-dasharray="{lengths}"' if lengths else ""
    return f' stroke="{colour}" stroke-width="{_n(line)}"{dashed}'


def _n(number: float) -> str:
    """A number to the hundredth of a point, which is finer than any screen."""
    written = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
