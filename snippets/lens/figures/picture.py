"""What every figure is drawn on and shown as: a white sheet measured in points; a PNG or an SVG with its alt text."""

import base64
import contextlib
import functools
import sys
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import snippets.lens.figures.svg as svg
from snippets.lens.errors import LensError
from snippets.lens.figures.letters import outlines
from snippets.lens.figures.marks import DASHED, THROUGH, Box, Dashes, Line, Mark, Shape, Text, in_layers
from snippets.lens.figures.marks import WIDTH as WIDTH
from snippets.lens.figures.palette import INK, TEXT, WHITE, Fill
from snippets.lens.writing import write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG, SVG = "png", "svg"
_kind = ContextVar("kind", default=SVG if sys.platform == "emscripten" else PNG)


@contextlib.contextmanager
def drawn_as(kind: str) -> Iterator[None]:
    """Within it, figures are made to be shown as `kind`: "png", drawn by matplotlib, or "svg", drawn without it.

    Raises:
        LensError: `kind` is neither.
    """
    if kind not in (PNG, SVG):
        raise LensError(f"a figure is drawn as {PNG!r} or as {SVG!r}, not as {kind!r}")
    before = _kind.set(kind)
    try:
        yield
    finally:
        _kind.reset(before)


def _drawer() -> ModuleType:
    """What draws PNGs; imported late, because a browser has no matplotlib and importing it takes long."""
    try:
        import snippets.lens.figures.png as png
    except ImportError as error:
        raise LensError(f"a PNG is drawn by matplotlib, which is missing here; an SVG is not: {error}") from None
    return png


class Picture:
    """A finished figure: shows itself in Jupyter, says what is on it in `alt`.

    Args:
        marks: what is on it, in the order in which it is drawn.
        height: of the sheet, in points.
        alt: what a reader who can't see the figure must know, in one to three sentences.
    """

    def __init__(self, marks: Sequence[Mark], height: float, alt: str) -> None:
        self.marks = marks
        self.height = height
        self.alt = alt
        self._kind = _kind.get()

    @functools.cached_property
    def figure(self) -> "Figure":
        """The figure as matplotlib draws it.

        Raises:
            LensError: there is no matplotlib.
        """
        return _drawer().figure(self.marks, self.height)

    @functools.cached_property
    def png(self) -> bytes:
        """The figure as PNG: opaque, and the same bytes for the same input.

        Raises:
            LensError: there is no matplotlib.
        """
        return _drawer().png(self.figure)

    @functools.cached_property
    def svg(self) -> str:
        """The figure as SVG: its letters are outlines, its alt text is its label; the same text for the same input."""
        return svg.svg(self.marks, self.height, self.alt)

    def save(self, path: str | Path) -> None:
        """Write the figure to `path`, as its name ends: .png or .svg.

        Raises:
            LensError: it ends in something else, or with .png and there is no matplotlib, or it can't be written.
        """
        match Path(path).suffix.lower():
            case ".png":
                content = self.png
            case ".svg":
                content = self.svg.encode()
            case _:
                raise LensError(f"a figure is saved as .png or as .svg, not as {Path(path).name!r}")
        write(Path(path), content)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        if self._kind == SVG:
            return {"text/html": self._image(), "text/plain": self.alt}, {}
        data = {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}

    def _image(self) -> str:
        """The SVG as an image in HTML: JupyterLab shows a bare SVG without its alt text, and none that was saved."""
        content = base64.b64encode(self.svg.encode()).decode("ascii")
        wide = round(WIDTH * svg.SCALE)
        return f'<img alt="{svg.attribute(self.alt)}" width="{wide}" src="data:image/svg+xml;base64,{content}">'


@functools.lru_cache(maxsize=4096)
def _width(kind: str, text: str, mono: bool, bold: bool) -> float:
    return outlines().width(text, mono, bold) if kind == SVG else _drawer().width(text, mono, bold)


def width(text: str, mono: bool = False, bold: bool = False) -> float:
    """How wide `text` will be, in points."""
    return _width(_kind.get(), legible(text), mono, bold)


def _signs() -> frozenset[str]:
    return outlines().signs if _kind.get() == SVG else _drawer().signs()


def legible(text: str) -> str:
    """`text` with what the fonts have no sign for, and what would break or turn the line, written as escapes."""
    signs = _signs()
    return "".join(sign if sign in signs else sign.encode("unicode_escape").decode("ascii") for sign in text)


def cut(text: str, letters: int) -> str:
    """`text` legibly in at most `letters` letters, one or more; the last is "…" where some are left out."""
    text = legible(text)
    # Neither two of them, where the text was cut before, nor the first half of an escape.
    return text if len(text) <= letters else text[: letters - 1].rstrip("…\\") + "…"


class Sheet:
    """A white page to draw on: x to the right and y downwards, both in points from the top left corner."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._marks: list[Mark] = []

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
        self._marks.append(Text(x, y + 0.36 * TEXT, legible(text), align, colour, mono, bold))

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
        dashes = DASHED if dashed else THROUGH
        self._marks.append(Box(x, y, wide, high, fill, edge, line, dashes, round_by, layer))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = INK,
        line: float = 1.0,
        dashes: Dashes = THROUGH,
        layer: float = 1,
    ) -> None:
        """Draw a line through `points`."""
        self._marks.append(Line(tuple(points), colour, line, dashes, layer))

    def shape(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = INK,
        *,
        edge: str = "none",
        line: float = 1.0,
        layer: float = 4,
    ) -> None:
        """Fill the area between `points`; `line` is the width of its edge."""
        self._marks.append(Shape(tuple(points), colour, edge, line, layer))

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
        self.line(
            [*points[:-1], (back_x, back_y)],
            colour=colour,
            line=line,
            dashes=DASHED if dashed else THROUGH,
            layer=layer,
        )
        corners = [(x, y), (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y)]
        self.shape(corners, colour, layer=layer)

    def cross(self, x: float, y: float) -> None:
        """Draw a cross on a white disc, which keeps it apart from what it stands on."""
        self.box(x - 5.5, y - 5.5, 11, 11, WHITE, round_by=5.5, layer=4)
        for down in (1, -1):
            self.line([(x - 3.5, y - down * 3.5), (x + 3.5, y + down * 3.5)], line=1.8, layer=5)

    def finished(self, alt: str) -> Picture:
        """The page as a `Picture`, with its alt text; like what is drawn, that is written legibly."""
        return Picture(in_layers(self._marks), self._height, legible(alt))
