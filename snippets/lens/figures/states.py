"""The state machine of HTTPChannel, drawn from what was recorded and from nothing else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, starmap

from snippets.lens.errors import LensError
from snippets.lens.figures.layout import CARD, LABEL, LINE, Arc, Place, Route, arrange
from snippets.lens.figures.legend import Entry, draw_legend, in_rows
from snippets.lens.figures.palette import BLACK, FADED, INK, WHITE, Fill, ink_on
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, legible, width
from snippets.lens.figures.ribbon import FILLS
from snippets.lens.follow.channel import BODY, EARLY, HEADER, KEPT_BACK, REQUEST_LINE
from snippets.lens.follow.machine import UNSEEN, Edge, Machine, State, machine
from snippets.lens.trace import Trace

TITLE_BAR = 16
STRIP = 4.5  # with the hatch, as in the byte ribbon
TIMES = "\N{MULTIPLICATION SIGN}"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def states(*traces: Trace, names: Sequence[str] | None = None) -> Picture:
    """Draw the states that HTTPChannel was seen in, and what led from one to the next, and how often.

    Args:
        traces: recorded with `record(CHANNEL_POINTS, watch=CHANNEL_WATCH)`.
        names: what each trace is, at most 26 names; then each arrow says in which of the traces it was taken.

    Raises:
        LensError: no state was recorded, or there is not one name for each trace.
    """
    if names is not None and not len(traces) == len(names) <= len(LETTERS):
        raise LensError(
            f"states() takes one name for each trace, at most {len(LETTERS)}: {len(traces)} traces came "
            f"with {len(names)} names"
        )
    shown = machine(traces)
    order = downwards(shown)
    ends = [state for state in order if state.ending and not any(edge.source == state for edge in shown.edges)]
    layout = arrange([state for state in order if state not in ends], ends, _arcs(shown, names is not None))
    key = in_rows(starmap(_entry, zip(LETTERS, names or (), strict=False)), WIDTH - 16)
    sheet = Sheet(layout.height + 8 + (4 + LINE * 1.4 * len(key) if key else 0))
    left = (WIDTH - layout.width) / 2
    for state, place in layout.places.items():
        _draw_card(sheet, left, state, place, state in shown.starts)
    seen = {(edge.source, edge.target) for edge in shown.edges if edge.what != UNSEEN}
    for route in layout.routes:
        _draw_route(sheet, left, route, (route.arc.source, route.arc.target) not in seen)
    for number, entries in enumerate(key):
        draw_legend(sheet, 8, layout.height + 8 + LINE * 1.4 * (number + 0.5), entries)
    return sheet.finished(_alt(shown))


def look(state: State) -> tuple[str, Fill]:
    """What comes next in a state, as its values say, and its colour: in a byte ribbon, that of the bytes it takes."""
    if state.ending:
        return "next: nothing, it is closing", Fill(WHITE)
    if state.handling:
        return "next: the end of the response", FILLS[KEPT_BACK]
    if not state.line_mode:
        return "next: the body", FILLS[BODY]
    if state.first_line == 2:
        return "next: a request line, not empty", FILLS[EARLY]
    if state.first_line:
        return "next: a request line", FILLS[REQUEST_LINE]
    return "next: a header line, one is held" if state.header else "next: a header line", FILLS[HEADER]


def downwards(shown: Machine) -> list[State]:
    """The states so that arrows point down, but for those that return: a depth-first search's reversed post-order."""
    after: dict[State, list[State]] = {state: [] for state in shown.states}
    for edge in shown.edges:
        after[edge.source].append(edge.target)
    done: list[State] = []
    entered: set[State] = set()

    def visit(state: State) -> None:
        entered.add(state)
        for target in after[state]:
            if target not in entered:
                visit(target)
        done.append(state)

    for state in [*shown.starts, *shown.states]:
        if state not in entered:
            visit(state)
    return done[::-1]


def _arcs(shown: Machine, named: bool) -> list[Arc[State]]:
    pairs: dict[tuple[State, State], list[str]] = {}
    for edge, counts in shown.edges.items():
        pairs.setdefault((edge.source, edge.target), []).extend(_said(edge, counts, named))
    return [Arc(*pair, tuple(lines)) for pair, lines in pairs.items()]


def _said(edge: Edge, counts: Counter[int], named: bool) -> list[str]:
    """What happened, how often, and in which traces, in lines."""
    what, _, refused = edge.what.partition(": ")
    lines = _wrapped(f"{what}:") + _wrapped(refused) if refused else _wrapped(what)
    total = f"{TIMES}{counts.total()}" if counts.total() > 1 else ""
    letters = f"({' '.join(_letters(sorted(counts)))})" if named else ""
    tail = _wrapped(f"{total} {letters}".strip())
    if len(tail) == 1 and width(f"{lines[-1]} {tail[0]}") <= LABEL:
        lines[-1] += f" {tail.pop()}"
    return lines + tail


def _letters(numbers: list[int]) -> Iterator[str]:
    """Letters for numbers, neighbours joined: a-d f."""
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        first, *more = [LETTERS[number] for _, number in run]
        yield first if not more else f"{first}{'-' if len(more) > 1 else ' '}{more[-1]}"


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}") <= LABEL:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _draw_card(sheet: Sheet, left: float, state: State, place: Place, start: bool) -> None:
    x, (title, style) = left + place.x, look(state)
    sheet.box(x, place.y, CARD, place.high, WHITE)
    sheet.box(x, place.y, CARD, TITLE_BAR, style.colour)
    sheet.box(x, place.y + TITLE_BAR, CARD, STRIP, style, edge="none" if state.ending else BLACK, line=0.6)
    sheet.text(x + 6, place.y + TITLE_BAR / 2, title, bold=True, colour=ink_on(style.colour))
    sheet.box(x, place.y, CARD, place.high, "none", edge=BLACK, dashed=state.ending, layer=3)
    for number, line in enumerate(state.values):
        _draw_values(sheet, x + 6, place.y + TITLE_BAR + STRIP + 8 + LINE * number, line)
    if start:
        sheet.arrow([(x + 12, place.y - 12), (x + 12, place.y)])
        sheet.box(x + 9, place.y - 17, 6, 6, INK, round_by=3, layer=4)


def _draw_values(sheet: Sheet, x: float, y: float, pairs: list[tuple[str, str]]) -> None:
    for name, value in pairs:
        sheet.text(x, y, name, mono=True, colour=FADED)
        x += width(f"{name} ", mono=True)
        sheet.text(x, y, value, mono=True, bold=True)
        x += width(f"{value}  ", mono=True)


def _draw_route(sheet: Sheet, left: float, route: Route[State], unseen: bool) -> None:
    points = [(left + x, y) for x, y in route.points]
    sheet.arrow(points, dashed=unseen)
    x, y = route.label
    for number, line in enumerate(route.arc.label):
        sheet.text(left + x, y + LINE * number, line, align=route.align)


def _entry(letter: str, name: str) -> Entry:
    """A letter and what it stands for."""
    return Entry(legible(name), 12, lambda sheet, x, y: sheet.text(x, y, letter, bold=True), gap=14)


def _alt(shown: Machine) -> str:
    kinds = list(dict.fromkeys(look(state)[0] for state in shown.states))
    what: Counter[str] = Counter()
    for edge, counts in shown.edges.items():
        what[edge.what] += counts.total()
    steps = "; ".join(f"{name}, {times} time{'s' * (times > 1)}" for name, times in what.items())
    return (
        f"State machine of HTTPChannel as recorded: {len(shown.states)} states, {len(shown.edges)} kinds of step. "
        f"States: {'; '.join(kinds)}. Steps taken: {steps}."
    )
