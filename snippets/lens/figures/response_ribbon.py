"""The byte ribbon of a response: who is behind each byte, and where one send ended."""

from snippets.lens.figures.palette import ORANGE, PURPLE, SKY, WHITE, YELLOW, Fill
from snippets.lens.figures.picture import Picture
from snippets.lens.figures.ribbon import Look, draw_ribbon
from snippets.lens.follow.response import (
    BY_PAGE,
    BY_TWISTED,
    BY_WRITE,
    DATA,
    END,
    LAST,
    OTHER,
    SIZE,
    STATUS,
    responded,
)
from snippets.lens.trace import Trace

LOOK = Look(
    {
        STATUS: Fill(YELLOW),
        BY_TWISTED: Fill(SKY, "---"),
        BY_PAGE: Fill(ORANGE, "////"),
        BY_WRITE: Fill(SKY, "\\\\\\\\"),
        END: Fill(SKY, "||||"),
        SIZE: Fill(YELLOW, "...."),
        DATA: Fill(PURPLE, "...."),
        LAST: Fill(YELLOW, "////"),
        OTHER: Fill(WHITE),
    },
    {},
)


def response_ribbon(trace: Trace, response: bytes) -> Picture:
    """Draw the bytes of what came back, each as what it is and by whom, and where one send ended.

    Args:
        trace: one connection, recorded with `record(RESPONSE_POINTS, watch=RESPONSE_WATCH)`, from before the request.
        response: all that came back meanwhile.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or `response` is not all that was sent in it.
    """
    return draw_ribbon(responded(trace, response), LOOK, [])
