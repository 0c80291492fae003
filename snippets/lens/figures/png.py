"""Draws a sheet with matplotlib, and makes a PNG of it; says how wide a text will be there."""

import functools
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from PIL import Image

from snippets.lens.figures.marks import HATCH_LINE, WIDTH, Box, Dashes, Line, Mark, Shape, Text
from snippets.lens.figures.palette import INK, TEXT, WHITE

DPI = 144
# Classes of signs that are not written one after the other, from left to right.
NOT_ALONE = frozenset({"R", "AL", "AN", "NSM"})

# Within it the reader's own matplotlib settings change nothing.
_in_book_style = functools.partial(matplotlib.style.context, "default")


@_in_book_style()
def figure(marks: Sequence[Mark], height: float) -> Figure:
    """Draw the marks on a sheet `height` points high."""
    made = Figure(figsize=(WIDTH / 72, height / 72), dpi=DPI, facecolor=WHITE)
    axes = made.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    for mark in marks:
        _draw(axes, mark)
    return made


@_in_book_style()
def png(drawn: Figure) -> bytes:
    """A figure as PNG: opaque, and the same bytes for the same input."""
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    file = io.BytesIO()
    # 256 colours are more than a figure has, but for the edges of letters; the file is a third of the size.
    image = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(file, "PNG", optimize=True, dpi=(DPI, DPI))
    return file.getvalue()


def pixels(picture: bytes) -> tuple[tuple[int, int], bytes]:
    """Size and content of a PNG: two machines may compress the same picture to different bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    return image.size, image.tobytes()


def width(text: str, mono: bool = False, bold: bool = False) -> float:
    """How wide `text` will be, in points."""
    face = _face(mono, bold)
    face.set_text(text, 0.0, flags=LoadFlags.DEFAULT)
    return face.get_width_height()[0] / 64 * 72 / DPI


@functools.lru_cache
def signs() -> frozenset[str]:
    """The signs that all four faces have, of those that are written one after the other, from left to right."""
    faces = [_face(mono, bold) for mono in (False, True) for bold in (False, True)]
    common = set.intersection(*(set(face.get_charmap()) for face in faces))
    return frozenset(sign for sign in map(chr, common) if sign.isprintable() and _stands_alone(sign))


def _stands_alone(sign: str) -> bool:
    return unicodedata.bidirectional(sign) not in NOT_ALONE and not unicodedata.combining(sign)


def font_file(mono: bool, bold: bool) -> Path:
    """One of the four faces of DejaVu that matplotlib brings along."""
    return Path(matplotlib.get_data_path(), "fonts", "ttf", f"DejaVuSans{'Mono' * mono}{'-Bold' * bold}.ttf")


@functools.lru_cache
def _font(mono: bool, bold: bool) -> FontProperties:
    return FontProperties(fname=font_file(mono, bold), size=TEXT)


@functools.lru_cache
def _face(mono: bool, bold: bool) -> FT2Font:
    face = FT2Font(str(font_file(mono, bold)))
    face.set_size(TEXT, DPI)
    return face


def _draw(axes: Axes, mark: Mark) -> None:
    match mark:
        case Text():
            _write(axes, mark)
        case Box():
            _draw_box(axes, mark)
        case Line(points, colour, line, dashes, layer):
            x, y = zip(*points, strict=True)
            axes.add_artist(Line2D(x, y, color=colour, linewidth=line, linestyle=_style(dashes), zorder=layer))
        case Shape(points, colour, edge, line, layer):
            look: dict[str, Any] = {"facecolor": colour, **_edge(edge, line), "zorder": layer}
            axes.add_artist(Polygon(points, closed=True, **look))


def _write(axes: Axes, text: Text) -> None:
    axes.text(
        text.x,
        text.y,
        text.text,
        color=text.colour,
        fontproperties=_font(text.mono, text.bold),
        ha=text.align,
        va="baseline",
        parse_math=False,
        zorder=text.layer,
    )


def _draw_box(axes: Axes, box: Box) -> None:
    style: dict[str, Any] = {
        "facecolor": box.fill.colour,
        **_edge(box.edge, box.line),
        "linestyle": _style(box.dashes),
        "zorder": box.layer,
    }
    if box.fill.hatch:
        style |= {"hatch": box.fill.hatch, "hatchcolor": INK, "hatch_linewidth": HATCH_LINE}
    if box.round_by:
        shape = f"round,pad=0,rounding_size={box.round_by}"
        axes.add_artist(FancyBboxPatch((box.x, box.y), box.wide, box.high, boxstyle=shape, **style))
    else:
        axes.add_artist(Rectangle((box.x, box.y), box.wide, box.high, **style))


def _edge(colour: str, line: float) -> dict[str, Any]:
    return {"edgecolor": colour, "linewidth": 0 if colour == "none" else line}


def _style(dashes: Dashes) -> Any:
    return (0, dashes) if dashes else "-"
