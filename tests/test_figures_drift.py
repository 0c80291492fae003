"""The figure of annotated functions by release: each cell says what became of its function, and it can be read."""

from itertools import pairwise

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from snippets.lens.drift import Compared, Drift, State
from snippets.lens.errors import LensError
from snippets.lens.figures import drift
from snippets.lens.figures.drift import FILLS, LOST, grouped
from snippets.lens.figures.palette import INK, contrast, ink_on
from snippets.lens.notes import Note, store
from tests.test_figures import assert_legible, texts

NOTE = Note("x = 1", None, "", "")
KINDS = {
    "unchanged": Compared(State.UNCHANGED, 1, 0, ((NOTE, 2),)),
    "moved": Compared(State.MOVED, 1, -12, ((NOTE, 2),)),
    "changed": Compared(State.CHANGED, 1, 3, ((NOTE, 2), (NOTE, 3))),
    "lost": Compared(State.CHANGED, 1, 3, ((NOTE, 2),), ((NOTE, "no line reads it"),)),
    "yet": Compared(State.NOT_YET),
    "gone": Compared(State.GONE),
}
SHOWN = {"unchanged": "=", "moved": "↕ -12", "changed": "≠ 2/2", "lost": "≠ 1/2", "yet": "-", "gone": "x"}


def made(releases, **functions):
    """A drift of functions of one class, each with the kinds of its cells."""
    every = {
        f"twisted.web.http:Channel.{name}": dict(zip(releases, (KINDS[kind] for kind in kinds), strict=True))
        for name, kinds in functions.items()
    }
    return Drift("26.10.0", list(releases), every, {})


EVERY_KIND = made(["24.11.0", "99.1"], **{kind: [kind, "unchanged"] for kind in KINDS})


def fills(picture):
    return [to_hex(patch.get_facecolor()).upper() for patch in picture.figure.findobj(Rectangle) if patch.get_width()]


def test_each_kind_has_its_mark_and_its_fill():
    picture = drift(EVERY_KIND)
    shown, filled = texts(picture), fills(picture)
    for kind, compared in KINDS.items():
        assert SHOWN[kind] in shown
        assert (LOST if compared.lost else FILLS[compared.state]).colour in filled
    # One of each kind in a cell and one in the legend, and the other release's.
    assert filled.count(LOST.colour) == 2
    assert filled.count(FILLS[State.UNCHANGED].colour) == 2 + len(KINDS)
    assert_legible(picture)


def test_the_legend_has_only_what_is_there():
    shown = texts(drift(made(["1.0"], f=["moved"])))
    assert "moved 7 lines down" in shown
    assert not {"unchanged", "changed", "not there yet", "no longer there"} & set(shown)


def test_marks_stand_out_and_the_fills_stay_apart_in_grey():
    colours = [FILLS[State.UNCHANGED], FILLS[State.MOVED], FILLS[State.CHANGED], LOST]
    steps = [contrast(fill.colour, INK) for fill in colours]
    assert steps == sorted(steps, reverse=True)
    assert all(one / other > 1.25 for one, other in pairwise(steps))
    assert all(contrast(fill.colour, ink_on(fill.colour)) >= 4.5 for fill in colours)


def test_functions_stand_under_their_class_or_module():
    one = {"1.0": KINDS["moved"]}
    named = ["twisted.web.http:Channel.f", "twisted.web.http:parse", "twisted.web.http:Channel.site.setter"]
    groups = grouped(Drift("2.0", ["1.0"], dict.fromkeys(named, one), {}))
    assert [[row.label for row in group] for group in groups] == [
        ["http.Channel", "f", "site.setter"],
        ["http", "parse"],
    ]


@pytest.mark.parametrize("releases", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_can_be_read_with_all_the_functions_of_the_book(releases, kind):
    versions = [f"24.{number}.0" for number in range(releases)]
    functions = {name: dict.fromkeys(versions, KINDS[kind]) for name in sorted(store())}
    picture = drift(Drift("26.10.0", versions, functions, {}))
    assert_legible(picture)
    shown = texts(picture)
    assert shown.count(SHOWN[kind]) >= releases * len(functions)
    # Side by side where there is room, each with the releases over it.
    assert shown.count("24.0.0") == (2 if releases <= 3 else 1)


def test_a_class_with_a_long_name_has_room_for_it():
    named = [f"twisted.web.http:AClassWhoseNameIsFarLongerThanThoseOfItsMethods{number}.f" for number in range(6)]
    assert_legible(drift(Drift("2.0", ["1.0"], {name: {"1.0": KINDS["moved"]} for name in named}, {})))


def test_alt_says_how_many_are_in_each_state():
    found = made(["24.11.0", "25.5.0"], f=["lost", "moved"], g=["changed", "unchanged"])
    assert drift(found).alt == (
        "2 annotated functions by release, against Twisted 26.10.0. "
        "24.11.0: 2 changed; notes whose line is gone: 1. 25.5.0: 1 unchanged, 1 moved; notes whose line is gone: 0."
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (made([]), "there is no release to compare with"),
        (made([], f=[]), "there is no release to compare with"),
        (made([f"24.{number}.0" for number in range(40)], f=["moved"] * 40), "40 releases don't fit side by side"),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(found, said):
    with pytest.raises(LensError, match=said):
        drift(found)
