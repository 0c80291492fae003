"""The one palette and the one size of type that all figures share."""

from typing import NamedTuple

# The eight colours of Okabe and Ito, which stay apart for colour-blind eyes. Each means one thing in all figures.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"

LANE_COLOURS = {
    "reactor": BLACK,
    "transport": BLUE,
    "channel": VERMILION,
    "request": PURPLE,
    "site": GREEN,
    "resource": ORANGE,
}

WHITE = "#FFFFFF"
INK = "#1A1A1A"
FADED = "#5E5E5E"  # text that is not the point of the figure, and must be legible all the same
RULE = "#C4C4C4"
GROUND = "#F4F4F4"

# How much of a lane's colour stays where it is only a background.
PALE, LIGHT = 0.15, 0.3

# Points (1/72 inch). A figure is 8.6 inches wide, so at a notebook's 900 pixels a point is 1.45 pixels.
TEXT = 8.5


class Fill(NamedTuple):
    """How an area is filled: a colour, and a hatch that tells it apart without the colour."""

    colour: str
    hatch: str = ""


def tint(colour: str, share: float) -> str:
    """`colour` thinned with white: `share` (0 to 1) is how much of it stays."""
    return "#" + "".join(f"{round(255 - (255 - part) * share):02X}" for part in _parts(colour))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """The colour of text on `colour`: black or white, whichever stands out more."""
    return max((BLACK, WHITE), key=lambda ink: contrast(ink, colour))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in _parts(colour)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
