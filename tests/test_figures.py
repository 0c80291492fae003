"""What holds for every figure: it can be read, has an alt text, and is the same on every run."""

import base64
import hashlib
import io
import os
import subprocess
import sys

import matplotlib
import pytest
from PIL import Image

from snippets.lens.figures import path_map, ribbon, sequence, states
from snippets.lens.figures.labels import short_names
from snippets.lens.figures.palette import FADED, GROUND, INK, LANE_COLOURS, LIGHT, PALE, WHITE, contrast, ink_on, tint
from snippets.lens.figures.picture import cut
from snippets.lens.figures.ribbon import FILLS
from snippets.lens.kept import Cut, Raised
from snippets.lens.path import CHAPTERS, LANES, PATH
from tests.pictures import assert_legible
from tests.recorded import HTTP, STATEFUL, TRACES, event, made, path_traced
from tests.svgs import both

LONG_NAME = "twisted.web.http:HTTPChannel.aMethodWithANameSoLongThatNobodyWouldThinkOfIt"
SEQUENCES = {
    "path": path_traced,
    "path, byte by byte": lambda: path_traced(size=1),
    "nothing": made,
    "one call": lambda: made(event(HTTP + "lineReceived", args=(b"x",))),
    "sixty calls": lambda: made(*(event(step.name, depth % 9) for depth, step in enumerate((PATH * 3)[:60]))),
    "long": lambda: made(
        *(event(LONG_NAME, depth, (b"x" * 200, Cut(b"y" * 200, 9999)), "r" * 200) for depth in range(12)),
        event("twisted.web.server:Site.fall", 0, (), None, Raised("ValueError", "$a$ line\n" * 20)),
    ),
    "two threads": lambda: made(event(HTTP + "one"), event(HTTP + "two", 1), event("me:three", 1, thread=1)),
}
FIGURES = {
    **{f"ribbon: {name}": lambda make=make: ribbon(make()) for name, make in TRACES.items()},
    **{f"states: {name}": lambda name=name: states(TRACES[name]()) for name in STATEFUL},
    "states: all": lambda: states(*(TRACES[name]() for name in STATEFUL), names=STATEFUL),
    **{f"sequence: {name}": lambda make=make: sequence(make()) for name, make in SEQUENCES.items()},
    **{f"map: {chapter}": lambda chapter=chapter: path_map(chapter) for chapter in [None, *CHAPTERS]},
}


def fingerprint() -> str:
    """One figure of each kind, as a number."""
    trace = TRACES["body"]()
    made = [
        ribbon(trace),
        states(trace, TRACES["folded"](), names="ab"),
        sequence(path_traced()),
        path_map("10_render"),
    ]
    return hashlib.sha256(b"".join(picture.png for picture in made)).hexdigest()


@pytest.mark.parametrize(
    ("text", "letters", "shown"),
    [
        ("abcd", 4, "abcd"),
        ("abcd", 3, "ab…"),
        ("abc… (9 bytes)", 5, "abc…"),
        (r"b'\r\n'", 5, r"b'\r…"),
        (r"b'\rx", 4, "b'…"),
    ],
)
def test_what_is_cut_ends_in_one_sign_and_in_no_half_of_an_escape(text, letters, shown):
    assert cut(text, letters) == shown


class TestEveryFigure:
    @pytest.mark.parametrize("name", FIGURES)
    def test_can_be_read_and_has_an_alt_text(self, name):
        picture = both(FIGURES[name])
        assert_legible(picture)
        assert 40 < len(picture.alt) < 1200
        assert picture.alt.endswith(".")
        assert picture.alt.isprintable()

    def test_the_check_finds_what_overlaps_or_is_cut(self):
        picture = path_map()
        axes = picture.figure.axes[0]
        extra = axes.text(*axes.texts[0].get_position(), "over it")
        with pytest.raises(AssertionError, match="overlap"):
            assert_legible(picture)
        extra.set_position((-20, 60))
        with pytest.raises(AssertionError):
            assert_legible(picture)
        extra.set(position=(400, 90), size=5)
        with pytest.raises(AssertionError):
            assert_legible(picture)


class TestPicture:
    def test_the_same_input_gives_the_same_bytes(self):
        trace = path_traced()
        assert sequence(trace).png == sequence(trace).png

    def test_is_an_opaque_png_on_white_without_the_name_of_a_program(self):
        image = Image.open(io.BytesIO(ribbon(TRACES["plain"]()).png))
        assert image.format == "PNG"
        assert "transparency" not in image.info
        assert "Software" not in image.info
        assert image.convert("RGBA").getpixel((image.width - 1, 0)) == (255, 255, 255, 255)

    def test_shows_itself_in_jupyter_with_its_alt_text(self):
        picture = path_map("05_http_channel")
        data, metadata = picture._repr_mimebundle_()
        assert base64.b64decode(data["image/png"]) == picture.png
        assert data["text/plain"] == metadata["image/png"]["alt"] == picture.alt == repr(picture)

    def test_saves_what_it_shows(self, tmp_path):
        picture = path_map()
        picture.save(tmp_path / "map.png")
        assert (tmp_path / "map.png").read_bytes() == picture.png

    def test_the_readers_matplotlib_settings_change_nothing(self):
        trace = TRACES["body"]()
        before = [ribbon(trace).png, path_map().png]
        settings = {
            "font.size": 30,
            "font.family": "serif",
            "text.color": "red",
            "text.antialiased": False,
            "lines.solid_capstyle": "round",
            "patch.antialiased": False,
            "text.hinting": "none",
            "path.simplify_threshold": 1.0,
            "figure.dpi": 20,
        }
        with matplotlib.rc_context(settings):
            assert [ribbon(trace).png, path_map().png] == before
            assert matplotlib.rcParams["font.size"] == 30

    def test_depends_on_no_hash_seed_and_needs_no_pyplot(self):
        code = "import sys; from tests.test_figures import fingerprint;"
        said = subprocess.run(
            [sys.executable, "-c", f"{code} print(fingerprint(), 'matplotlib.pyplot' in sys.modules)"],
            env=os.environ
            | {
                "PYTHONHASHSEED": "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1",
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert said.split() == [fingerprint(), "False"]


class TestPalette:
    def test_contrast_is_that_of_wcag(self):
        assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
        assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)

    def test_text_stands_out(self):
        backgrounds = [WHITE, GROUND, *(tint(colour, PALE) for colour in LANE_COLOURS.values())]
        assert min(contrast(FADED, ground) for ground in backgrounds) >= 4.5
        strong = [*LANE_COLOURS.values(), *(fill.colour for fill in FILLS.values())]
        assert min(contrast(ink_on(ground), ground) for ground in strong) >= 4.5
        assert min(contrast(INK, tint(colour, LIGHT)) for colour in LANE_COLOURS.values()) >= 4.5

    def test_every_lane_has_a_colour_of_its_own(self):
        assert list(LANE_COLOURS) == list(LANES)
        assert len(set(LANE_COLOURS.values())) == len(LANES)

    def test_what_has_one_colour_differs_in_its_hatch(self):
        assert len(set(FILLS.values())) == len(FILLS)


class TestShortNames:
    def test_takes_as_many_parts_as_tell_names_apart(self):
        names = [
            "a.http:Request.write",
            "a.server:Request.write",
            "a.tcp:Server.write",
            "a.tcp:Server.read",
            "a.b:get",
        ]
        assert list(short_names(names).values()) == [
            "http.Request.write",
            "server.Request.write",
            "Server.write",
            "read",
            "get",
        ]

    def test_can_begin_with_the_class(self):
        assert short_names(["a.tcp:Server.read", "a.b:get"], classes=True) == {
            "a.tcp:Server.read": "Server.read",
            "a.b:get": "get",
        }
