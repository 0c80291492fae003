"""The map of one request's way: in on the left, out on the right, one chapter's stretch marked."""

from itertools import groupby

from snippets.lens.errors import LensError
from snippets.lens.figures.labels import short_names
from snippets.lens.figures.marks import DASHED
from snippets.lens.figures.palette import FADED, INK, LANE_COLOURS, LIGHT, PALE, RULE, WHITE, ink_on, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet
from snippets.lens.path import CHAPTERS, PATH, WAY_IN, WAY_OUT, Step

ROW = 18
BAND = 56  # with the name of the lane
SIDE = 22  # beside the columns, for the arrows
GAP = 16  # between the columns
COLUMN = (WIDTH - GAP - 2 * SIDE) / 2
END = 24  # the boxes at both ends
SPACE = 10  # between them and the columns
TURN = 20  # the break before a later turn of the reactor

# The response leaves when the socket is ready for it, in a call of its own: not inside the one that wrote it.
LATER = "twisted.internet.abstract:FileDescriptor.doWrite"


def path_map(chapter: str | None = None) -> Picture:
    """Draw the way of a request and of its response, and mark what one chapter reads.

    Args:
        chapter: the chapter's number and slug, as in "05_http_channel"; None marks nothing.

    Raises:
        LensError: no step of the path is read in that chapter.
    """
    if chapter is not None and chapter not in CHAPTERS:
        raise LensError(f"no step of the path is read in chapter {chapter!r}; the chapters are {', '.join(CHAPTERS)}")
    top = 4 + END + SPACE
    end = top + ROW * len(WAY_IN)
    sheet = Sheet(end + SPACE + END + 4)
    _draw_ends(sheet, top, end)
    _draw_steps(sheet, SIDE, top, WAY_IN, chapter)
    later = [step.name for step in WAY_OUT].index(LATER)
    upwards = WAY_OUT[::-1]
    split = len(upwards) - later
    first = end - ROW * later
    turn = first - TURN
    right = SIDE + COLUMN + GAP
    _draw_steps(sheet, right, turn - ROW * split, upwards[:split], chapter)
    _draw_turn(sheet, right, turn)
    _draw_steps(sheet, right, first, upwards[split:], chapter)
    if chapter:
        _draw_key(sheet, right, top)
    return sheet.finished(_alt(chapter))


def _draw_ends(sheet: Sheet, top: float, end: float) -> None:
    socket, resource = 4, end + SPACE
    for y, fill, text in (
        (socket, WHITE, "the socket"),
        (resource, tint(LANE_COLOURS["resource"], LIGHT), "your resource: render_GET(request)"),
    ):
        sheet.box(1, y, WIDTH - 2, END, fill, edge=INK, line=1.0, round_by=4)
        sheet.text(WIDTH / 2, y + END / 2, text, align="center", bold=True)
    for x, start, stop in ((11, socket + END, resource), (WIDTH - 11, resource, socket + END)):
        sheet.arrow([(x, start), (x, stop)], line=2.2, head=9)


def _draw_steps(sheet: Sheet, x: float, y: float, steps: tuple[Step, ...], chapter: str | None) -> None:
    names = short_names((step.name for step in PATH), classes=True)
    for (lane, marked), stretch in groupby(steps, key=lambda step: (step.lane, step.is_of(chapter))):
        block = list(stretch)
        high = ROW * len(block)
        colour = LANE_COLOURS[lane]
        strong = marked or chapter is None
        band = colour if strong else tint(colour, PALE)
        if marked:
            sheet.box(x, y + 1, COLUMN, high - 2, tint(colour, LIGHT), round_by=2)
        sheet.box(x, y + 1, BAND, high - 2, band, round_by=2)
        sheet.text(
            x + BAND / 2, y + high / 2, lane, align="center", colour=ink_on(band) if strong else FADED, bold=marked
        )
        if marked:
            sheet.box(x, y + 1, COLUMN, high - 2, "none", edge=colour, line=1.4, round_by=2)
        for number, step in enumerate(block):
            middle = y + ROW * (number + 0.5)
            sheet.text(x + BAND + 8, middle, names[step.name], mono=True, bold=marked, colour=INK if strong else FADED)
        y += high


def _draw_turn(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y + TURN / 2), (x + BAND, y + TURN / 2)], colour=FADED, dashes=DASHED)
    sheet.text(x + BAND + 8, y + TURN / 2, "a later turn of the reactor", colour=FADED)


def _draw_key(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y + 3, BAND, ROW - 6, RULE, edge=INK, line=1.4, round_by=2)
    sheet.text(x + BAND + 8, y + ROW / 2, "read in this chapter", bold=True)


def _alt(chapter: str | None) -> str:
    names = short_names((step.name for step in PATH), classes=True)
    ways = (
        f"Map of a request's way: from the socket in through {len(WAY_IN)} functions to render_GET, "
        f"and out through {len(WAY_OUT)} to the socket."
    )
    marked = [names[step.name] for step in PATH if step.is_of(chapter)]
    return f"{ways} Marked as read in chapter {chapter}: {', '.join(marked)}." if chapter else ways
