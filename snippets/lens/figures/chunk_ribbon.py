"""The byte ribbon of a chunked body: which state of the decoder took each byte."""

from snippets.lens.figures.palette import PURPLE, SKY, WHITE, YELLOW, Fill
from snippets.lens.figures.picture import Picture
from snippets.lens.figures.ribbon import Look, draw_ribbon
from snippets.lens.follow.chunks import AFTER, DATA, LEFT, LINE_END, SIZE, TRAILER, received_chunks
from snippets.lens.trace import Trace

LOOK = Look(
    {
        SIZE: Fill(YELLOW),
        DATA: Fill(PURPLE, "...."),
        LINE_END: Fill(SKY, "||||"),
        TRAILER: Fill(SKY, "////"),
        AFTER: Fill("#CCCCCC", "\\\\\\\\"),
        LEFT: Fill(WHITE),
    },
    {},
)


def chunk_ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one chunked decoder received: which state took each, and where the pieces ended.

    Args:
        trace: one chunked body, recorded with `record(CHUNK_POINTS, watch=CHUNK_WATCH)`, from its first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows another number of bodies than one.
    """
    arrived = received_chunks(trace)
    refused = sum(byte.refused for byte in arrived.bytes)
    return draw_ribbon(arrived, LOOK, [f"{refused:,} bytes were answered with 400"] if refused else [])
