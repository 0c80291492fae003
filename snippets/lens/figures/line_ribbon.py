"""The byte ribbon of any LineReceiver: what took each byte, and which of them had to wait in its buffer."""

from snippets.lens.figures.palette import BLACK, PURPLE, SKY, VERMILION, WHITE, Fill
from snippets.lens.figures.picture import Picture
from snippets.lens.figures.ribbon import Look, draw_ribbon
from snippets.lens.follow.lines import CLEARED, IN_BUFFER, LEFT, LINE, PAUSED, RAW, TOO_LONG, received_lines
from snippets.lens.trace import Trace

LOOK = Look(
    {
        LINE: Fill(SKY),
        RAW: Fill(PURPLE, "...."),
        TOO_LONG: Fill(VERMILION, "////"),
        CLEARED: Fill("#CCCCCC", "\\\\\\\\"),
        LEFT: Fill(WHITE),
    },
    {IN_BUFFER: "#9A9A9A", PAUSED: BLACK},
)


def line_ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one LineReceiver received: what took each, where the pieces ended, and which had to wait.

    Args:
        trace: one connection, recorded with `record(LINE_POINTS, watch=LINE_WATCH)`, from before the first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows more than one connection.
    """
    arrived = received_lines(trace)
    counts = {how: sum(byte.waited == how for byte in arrived.bytes) for how in LOOK.bars}
    return draw_ribbon(arrived, LOOK, [f"{count:,} bytes {how}" for how, count in counts.items() if count])
