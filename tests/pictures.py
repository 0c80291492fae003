"""What the tests of figures ask of every picture: its texts, and that they can be read."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from snippets.lens.figures import Picture


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.findobj(Text) if text.get_text()]


def assert_legible(picture: Picture) -> None:
    """No two texts overlap, none leaves the figure, and none is smaller than 11 pixels at a notebook's 900."""
    figure = picture.figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    found = [text for text in figure.findobj(Text) if text.get_text().strip()]
    boxes = np.array([text.get_window_extent(canvas.get_renderer()).extents for text in found]).reshape(-1, 4)
    wide, high = figure.bbox.width, figure.bbox.height
    for text, (x0, y0, x1, y1) in zip(found, boxes, strict=True):
        assert x0 >= 0, text
        assert y0 >= 0, text
        assert x1 <= wide, text
        assert y1 <= high, text
        assert text.get_fontsize() / 72 * figure.dpi * 900 / wide >= 11, text
    # A pixel: what is written right after another text in the same line may touch it.
    meet = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2]) > 1.5
    for one, other in np.argwhere(np.triu(meet.all(2), 1)):
        raise AssertionError(f"{found[one].get_text()!r} and {found[other].get_text()!r} overlap")
