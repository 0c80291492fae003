"""The reading measured both ways: functions on the path without notes, and notes whose line is gone."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

import twisted
from twisted.web.server import Site

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, lines
from snippets.lens.logged import logged
from snippets.lens.names import locate
from snippets.lens.notes import placed, store
from snippets.lens.source import find, reading
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from snippets.workshop.scenarios import SCENARIOS
from snippets.workshop.scenarios.conversation import play
from snippets.workshop.scenarios.demo_site import DemoSite

_HOME = Path(twisted.__file__).parent
_READ = ("web", "protocols", "internet")


@dataclass(frozen=True)
class Covered:
    """One function on the path: how many notes it has, how many lines that can run, and how many of them did."""

    name: str
    notes: int
    lines: int
    lit: int


@dataclass(frozen=True)
class Coverage:
    """The whole measure; `lost` holds one complaint for each annotation whose line or function is gone."""

    functions: list[Covered]
    lost: list[str]
    scenarios: int

    @property
    def annotated(self) -> list[Covered]:
        """The functions on the path that have notes."""
        return [covered for covered in self.functions if covered.notes]

    def as_dict(self) -> dict[str, object]:
        """The measure in terms of JSON."""
        return {
            "twisted": twisted.__version__,
            "scenarios": self.scenarios,
            "functions": [vars(covered) for covered in self.functions],
            "on_path": len(self.functions),
            "annotated": len(self.annotated),
            "lines": sum(covered.lines for covered in self.functions),
            "lit": sum(covered.lit for covered in self.functions),
            "lost": self.lost,
        }


def lost_annotations() -> list[str]:
    """A complaint for each annotation whose function or line is not in the installed Twisted."""
    complaints = []
    for annotation in store().values():
        try:
            function = find(annotation.name)
        except LensError as error:
            complaints.append(f"{annotation.source}: {error}")
            continue
        complaints += placed(annotation, function.lines, f"{function.short} in Twisted {twisted.__version__}")[1]
    return complaints


def measure() -> Coverage:
    """Play all scenarios twice over the wire: once to see which functions ran, once to see which of their lines.

    Raises:
        LensError: there are no annotations.
    """
    catalogue.check_text()
    codes: set[CodeType] = set()
    # Some scenarios raise on purpose; what Twisted logs of it is not for the reader.
    with logged(), _calls_into(codes):
        _play_all()
    names = sorted({name for code in codes if (name := _name(code))})
    with logged(), lines(names) as run:
        _play_all()
    return Coverage([_covered(name, run) for name in names], lost_annotations(), len(SCENARIOS))


def _play_all() -> None:
    with warnings.catch_warnings():
        # Some scenarios do on purpose what Twisted warns of.
        warnings.simplefilter("ignore")
        for scenario in SCENARIOS:
            play(scenario, Wire)
        _one_get_over_a_socket()


def _one_get_over_a_socket() -> None:
    """What the wire replaces, a real socket and a real poll, runs only here."""
    with Turns() as hand:
        port = hand.listen(Site(DemoSite(), reactor=hand.reactor))
        client = hand.connect(port)
        client.sendall(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        hand.until(lambda: any(ran.endswith("connectionLost") for ran in hand.turn().ran))


@contextmanager
def _calls_into(codes: set[CodeType]) -> Iterator[None]:
    """Collect the code of every Python function that is called while the block runs."""
    before = sys.getprofile()

    def on_event(frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(on_event)
    try:
        yield
    finally:
        sys.setprofile(before)


def _name(code: CodeType) -> str | None:
    """The full name of the function whose code this is, if it is one that the book may read."""
    try:
        parts = Path(code.co_filename).relative_to(_HOME).with_suffix("").parts
    except ValueError:
        return None
    if parts[0] not in _READ or "<" in code.co_qualname:
        return None
    name = f"twisted.{'.'.join(parts)}:{code.co_qualname}"
    try:
        return locate(name).name
    except LensError:
        return None  # made at run time, or a class body: nothing with a heading of its own


def _covered(name: str, run: Lines) -> Covered:
    rows = reading(name, run, notes=False).rows
    annotation = store().get(name)
    lit = [row.lit for row in rows if row.lit is not None]
    return Covered(name, len(annotation.notes) if annotation else 0, len(lit), sum(lit))
