"""The picture on the README: made from a recording, and compared."""

from snippets import catalogue
from snippets.lens.figures import Picture, sequence
from snippets.lens.figures.png import pixels
from snippets.lens.path import PATH
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.workshop import notebook as saved
from snippets.workshop.scenarios.demo_site import DemoSite

COVER = catalogue.CHAPTERS / "figures" / "one_get.png"


def cover() -> Picture:
    """The picture on the README: one GET through the whole path, drawn from a recording."""
    wire = Wire(DemoSite())
    with record([step.name for step in PATH]) as trace:
        wire.send(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return sequence(trace)


def build_cover() -> bool:
    """Save the picture on the README; return whether it changed."""
    picture = cover().png
    if _is_cover(picture):
        return False
    saved.write(COVER, picture)
    return True


def _is_cover(picture: bytes) -> bool:
    return COVER.exists() and pixels(COVER.read_bytes()) == pixels(picture)


def stale_cover() -> list[str]:
    """A complaint if the picture on the README is not what would be drawn now."""
    if _is_cover(cover().png):
        return []
    return [f"{COVER.name}: the picture on the README is not the one that would be drawn now"]
