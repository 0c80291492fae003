"""What every figure is drawn on and shown as: a white sheet measured in points, and a PNG with its alt text."""

import base64
import functools
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from PIL import Image

from snippets.lens.figures.palette import INK, TEXT, WHITE, Fill

WIDTH = 8.6 * 72  # points
DPI = 144

# Within it, or in a function that it decorates, the reader's own matplotlib settings change nothing.
in_book_style = functools.partial(matplotlib.style.context, "default")


class Picture:
    """A finished figure: shows itself in Jupyter as a PNG, says what is on it in `alt`.

    Args:
        figure: the matplotlib `Figure`.
        alt: what a reader who can't see the figure must know, in one to three sentences.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        self.figure = figure
        self.alt = alt

    @functools.cached_property
    def png(self) -> bytes:
        """The figure as PNG: opaque, and the same bytes for the same input."""
        with in_book_style():
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        file = io.BytesIO()
        # 256 colours are more than a figure has, but for the edges of letters; the file is a third of the size.
        image = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        image.save(file, "PNG", optimize=True, dpi=(DPI, DPI))
        return file.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the PNG to `path`."""
        Path(path).write_bytes(self.png)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        data = {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    """Size and content of a picture: two machines may compress the same picture to different bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return image.size, image.tobytes()


@functools.lru_cache
def font(mono: bool = False, bold: bool = False) -> FontProperties:
    """One of the four faces of DejaVu that matplotlib brings along."""
    return FontProperties(fname=_font_file(mono, bold), size=TEXT)


def _font_file(mono: bool, bold: bool) -> Path:
    return Path(matplotlib.get_data_path(), "fonts", "ttf", f"DejaVuSans{'Mono' * mono}{'-Bold' * bold}.ttf")


@functools.lru_cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, DPI)


@functools.lru_cache(maxsize=4096)
def width(text: str, mono: bool = False, bold: bool = False) -> float:
    """How wide `text` will be, in points."""
    with in_book_style():
        return _renderer().get_text_width_height_descent(text, font(mono, bold), False)[0] * 72 / DPI


@functools.lru_cache
def _signs() -> frozenset[int]:
    """The signs that the fonts have."""
    return frozenset(get_font(_font_file(mono=True, bold=False)).get_charmap())


def legible(text: str) -> str:
    """`text` with what the fonts have no sign for, and what would break the line, written as escapes."""
    return "".join(
        sign if sign.isprintable() and ord(sign) in _signs() else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )


def cut(text: str, letters: int) -> str:
    """`text` legibly in at most `letters` letters, the last of them "…" where some are left out."""
    text = legible(text)
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


class Sheet:
    """A white page to draw on: x to the right and y downwards, both in points from the top left corner."""

    def __init__(self, height: float) -> None:
        self._figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=DPI, facecolor=WHITE)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.axis("off")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        align: str = "left",
        colour: str = INK,
        mono: bool = False,
        bold: bool = False,
    ) -> None:
        """Write one line, its middle at the height `y`; `x` is its left, center or right as `align` says."""
        # All lines sit on a base line that doesn't depend on their letters, or neighbours would dance.
        self._axes.text(
            x,
            y + 0.36 * TEXT,
            text,
            color=colour,
            fontproperties=font(mono, bold),
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=5,
        )

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        fill: Fill | str = WHITE,
        *,
        edge: str = "none",
        line: float = 0.8,
        dashed: bool = False,
        round_by: float = 0,
        layer: float = 2,
    ) -> None:
        """Draw a rectangle; `line` is the width of its edge, `round_by` the radius of its corners."""
        fill = Fill(fill) if isinstance(fill, str) else fill
        style: dict[str, Any] = {
            "facecolor": fill.colour,
            "edgecolor": edge,
            "linewidth": 0 if edge == "none" else line,
            "linestyle": (0, (3, 2)) if dashed else "-",
            "zorder": layer,
        }
        if fill.hatch:
            style |= {"hatch": fill.hatch, "hatchcolor": INK, "hatch_linewidth": 0.5}
        if round_by:
            shape = f"round,pad=0,rounding_size={round_by}"
            self._axes.add_artist(FancyBboxPatch((x, y), wide, high, boxstyle=shape, **style))
        else:
            self._axes.add_artist(Rectangle((x, y), wide, high, **style))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = INK,
        line: float = 1.0,
        dashed: bool = False,
        layer: float = 1,
    ) -> None:
        """Draw a line through `points`."""
        x, y = zip(*points, strict=True)
        drawn = Line2D(x, y, color=colour, linewidth=line, zorder=layer)
        drawn.set_linestyle((0, (3, 2)) if dashed else "-")
        self._axes.add_artist(drawn)

    def shape(self, points: Sequence[tuple[float, float]], colour: str = INK, layer: float = 4) -> None:
        """Fill the area between `points`."""
        self._axes.add_artist(Polygon(points, closed=True, facecolor=colour, linewidth=0, zorder=layer))

    def arrow(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = INK,
        line: float = 1.0,
        dashed: bool = False,
        layer: float = 3,
        head: float = 5.0,
    ) -> None:
        """Draw a line through `points` with a head of `head` points at its last, which it reaches straight."""
        (x0, y0), (x, y) = points[-2:]
        length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        along, across = (x - x0) / length, (y - y0) / length
        back_x, back_y = x - head * along, y - head * across
        side_x, side_y = 0.42 * head * across, -0.42 * head * along
        self.line([*points[:-1], (back_x, back_y)], colour=colour, line=line, dashed=dashed, layer=layer)
        corners = [(x, y), (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y)]
        self.shape(corners, colour, layer)

    def cross(self, x: float, y: float) -> None:
        """Draw a cross on a white disc, which keeps it apart from what it stands on."""
        self.box(x - 5.5, y - 5.5, 11, 11, WHITE, round_by=5.5, layer=4)
        for down in (1, -1):
            self.line([(x - 3.5, y - down * 3.5), (x + 3.5, y + down * 3.5)], line=1.8, layer=5)

    def area(self, x: float, y: float, wide: float, high: float) -> Axes:
        """A part of the page with scales of its own, that matplotlib draws."""
        height = self._figure.get_figheight() * 72
        return self._figure.add_axes((x / WIDTH, 1 - (y + high) / height, wide / WIDTH, high / height))

    def finished(self, alt: str) -> Picture:
        """The page as a `Picture`, with its alt text."""
        return Picture(self._figure, alt)
