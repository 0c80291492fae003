"""What the tests of figures ask of every picture: its texts, and that they can be read."""

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text

from snippets.lens.figures import Picture

CLOSE = 1.5  # pixels that letters, or a letter and an edge, may share: what is written right after a text may touch it


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in written(picture)]


def written(picture: Picture) -> list[Text]:
    found: list[Text] = []
    for axes in picture.figure.axes:
        scales = [*axes.get_xticklabels(), *axes.get_yticklabels()] if axes.axison else []
        found += [text for text in [*axes.texts, *scales] if text.get_text()]
    return found


def assert_legible(picture: Picture) -> None:
    """Each text is on the page, in the box it is written on, over no other, and 11 pixels high at a notebook's 900."""
    figure = picture.figure
    lines = [text for text in written(picture) if text.get_text().strip()]
    renderer = RendererAgg(1, 1, figure.dpi)
    places = np.array([text.get_window_extent(renderer).extents for text in lines]).reshape(-1, 4)
    wide, high = figure.bbox.width, figure.bbox.height
    for text, (x0, y0, x1, y1) in zip(lines, places, strict=True):
        assert x0 >= 0, text
        assert y0 >= 0, text
        assert x1 <= wide, text
        assert y1 <= high, text
        assert text.get_fontsize() / 72 * figure.dpi * 900 / wide >= 11, text
    assert_apart(lines, places)
    assert_inside(lines, places, picture)


def assert_apart(lines: list[Text], places: np.ndarray) -> None:
    shared = np.minimum(places[:, None, 2:], places[None, :, 2:]) - np.maximum(places[:, None, :2], places[None, :, :2])
    for one, other in np.argwhere(np.triu((shared > CLOSE).all(2), 1)):
        raise AssertionError(f"{lines[one].get_text()!r} and {lines[other].get_text()!r} overlap")


def assert_inside(lines: list[Text], places: np.ndarray, picture: Picture) -> None:
    """What begins, or has its middle or its end where its place is given, in a box, is not wider or higher than it.

    The box of a text is the smallest at that point; a ground below everything is none.
    """
    patches = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle | FancyBboxPatch)]
    boxes = np.array([each.get_window_extent().extents for each in patches if each.get_zorder() >= 1]).reshape(-1, 4)
    boxes = boxes[np.argsort((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), kind="stable")]
    for text, (x0, y0, x1, y1) in zip(lines, places, strict=True):
        x, y = {"left": x0, "center": (x0 + x1) / 2, "right": x1}[text.get_ha()], (y0 + y1) / 2
        around = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
        for left, bottom, right, top in boxes[around][:1]:
            inside = min(x0 - left, y0 - bottom, right - x1, top - y1)
            assert inside >= -CLOSE, f"{text.get_text()!r} sticks out of its box by {-inside:.1f} pixels"
