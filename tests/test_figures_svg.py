"""Figures without matplotlib: shown as SVG, in letters that were packed, and the same in every process."""

import base64
import gzip
import hashlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.hatch import get_path
from PIL import Image, ImageChops, ImageStat

from snippets.lens.errors import LensError
from snippets.lens.figures import Picture, drawn_as, growth, letters, path_map, png, sequence
from snippets.lens.figures.letters import Packed, outlines, pack
from snippets.lens.figures.picture import Sheet, legible, width
from snippets.lens.figures.svg import HATCHES
from snippets.lens.figures.typeset import EM, FACES, Letters, pieces
from tests.programs import run
from tests.recorded import path_traced
from tests.svgs import assert_whole
from tests.test_figures import FIGURES

FAINT = 48  # of 255
KERNED = 2  # points, by which two signs of DejaVu stand nearer to each other, or further apart, at the most
SHOWN = ["map: 05_http_channel", "ribbon: folded", "states: pipelined", "sequence: two threads"]
NO_MATPLOTLIB = "import sys; sys.modules |= dict.fromkeys(['matplotlib', 'numpy', 'PIL', 'fontTools']); "
HOSTILE = [
    "<script>alert(1)</script>",
    "a & b \"quoted\" 'once'",
    "]]>",
    "two\nlines",
    "\x00\x1b[0m",
    "\ud800",
    "אבג",
    "😀",
]


def as_svg(draw, *args, **options) -> Picture:
    with drawn_as("svg"):
        return draw(*args, **options)


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """The file of letters that a wheel for browsers carries."""
    path = tmp_path_factory.mktemp("letters") / letters.FILE.name
    pack(path)
    return path


class TestWidths:
    @given(st.text(st.sampled_from(sorted(png.signs()))), st.sampled_from(FACES))
    @example("Twisted: AVATAR, office, waffle, fl, ffff, Typ. 1,024", FACES[0])
    @example("To Ta Te Yo", FACES[1])
    @example("", FACES[2])
    @example("ĹT", FACES[0])
    def test_are_those_of_the_other_maker_within_three_hundredths_and_what_is_kerned(self, text, face):
        """The distance of two signs is corrected where both are in ASCII, and nowhere else."""
        with drawn_as("svg"):
            alone = width(text, *face)
        as_they_stand = sum(not "".join(pair).isascii() for pair in itertools.pairwise(text))
        assert alone == pytest.approx(width(text, *face), rel=0.03, abs=KERNED * as_they_stand)

    @given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)), st.sampled_from(FACES))
    @example("affine ffl fffi ffffl", FACES[0])
    def test_of_ascii_are_the_same(self, text, face):
        with drawn_as("svg"):
            alone = width(text, *face)
        assert alone == width(text, *face)

    @given(st.text())
    def test_the_same_signs_are_legible(self, text):
        with drawn_as("svg"):
            alone = legible(text)
        assert alone == legible(text)
        assert legible(alone) == alone
        assert alone.isprintable()


class TestSigns:
    def test_what_turns_or_breaks_a_line_is_escaped(self):
        assert legible("a\u05d0b\u0301\u202e\n→…·") == r"a\u05d0b\u0301\u202e\n→…·"

    def test_every_face_has_every_sign(self):
        for place, (mono, bold) in enumerate(FACES):
            blank = {sign for sign in png.signs() if not outlines().outline(sign, mono, bold)}
            assert all(sign.isspace() or sign in "\u2800\ufffc" for sign in blank), place

    def test_a_ligature_is_one_letter_of_the_proportional_faces(self):
        assert pieces("office", mono=False) == ["o", "ffi", "c", "e"]
        assert pieces("office", mono=True) == list("office")
        placed = outlines().placed("office", mono=False, bold=False)
        assert [each.piece for each in placed] == ["o", "ffi", "c", "e"]


class TestPacked:
    def test_letters_are_those_of_the_fonts(self, packed):
        from_file, from_fonts = Letters(Packed(packed)), outlines()
        assert from_file.signs == from_fonts.signs
        for mono, bold in FACES:
            for text in ["Twisted AVATAR office To", "".join(sorted(from_file.signs))[::7]]:
                assert from_file.placed(text, mono, bold) == from_fonts.placed(text, mono, bold)
                assert from_file.width(text, mono, bold) == from_fonts.width(text, mono, bold)
            for sign in sorted(from_file.signs)[::7]:
                assert from_file.outline(sign, mono, bold) == from_fonts.outline(sign, mono, bold)

    def test_is_small_and_says_nothing_of_when_it_was_made(self, packed):
        assert packed.stat().st_size < 600_000
        assert packed.read_bytes()[4:8] == bytes(4)

    def test_depends_on_no_order_of_a_set(self, packed):
        stored = json.loads(gzip.decompress(packed.read_bytes()))
        signs = [piece for piece in stored["letters"] if len(piece) == 1]
        for names in [signs, *map(list, stored["kerns"])]:
            assert names == sorted(names)

    def test_is_all_that_a_figure_needs(self, packed):
        """In a process that has neither matplotlib nor what it brings along, as in a browser."""
        code = (
            f"{NO_MATPLOTLIB} sys.platform = 'emscripten'; from pathlib import Path;"
            f"from snippets.lens.figures import letters, path_map; letters.FILE = Path({str(packed)!r});"
            "picture = path_map('05_http_channel'); sys.stdout.write(picture.svg);"
            "assert 'text/html' in picture._repr_mimebundle_()[0]"
        )
        ended = run("-c", code)
        assert ended.err == ""
        assert ended.out == path_map("05_http_channel").svg

    def test_without_it_and_without_matplotlib_there_is_one_clear_line(self):
        code = f"{NO_MATPLOTLIB} from snippets.lens.figures import drawn_as, path_map; "
        without = "with drawn_as('svg'): path_map()"
        assert last_line(run("-c", f"{code}\n{without}").err).endswith(
            "LensError: there are no letters to draw figures with: neither letters.json.gz nor matplotlib"
        )
        assert "LensError: a PNG is drawn by matplotlib, which is missing here" in last_line(
            run("-c", f"{code}\npath_map()").err
        )


def last_line(said: str) -> str:
    return said.strip().splitlines()[-1]


class TestPicture:
    def test_shows_itself_as_an_image_with_its_alt_text(self):
        picture = as_svg(path_map, "05_http_channel")
        data, metadata = picture._repr_mimebundle_()
        assert set(data) == {"text/html", "text/plain"}
        assert metadata == {}
        alt, source = re.fullmatch(
            r'<img alt="(.*?)" width="\d+" src="data:image/svg\+xml;base64,(.*)">', data["text/html"]
        ).groups()
        assert unescape(alt) == data["text/plain"] == picture.alt == repr(picture)
        assert base64.b64decode(source).decode() == picture.svg

    def test_it_stays_what_it_was_made_as(self):
        with drawn_as("svg"):
            one = path_map()
            with drawn_as("png"):
                other = path_map()
        assert "text/html" in one._repr_mimebundle_()[0]
        assert "image/png" in other._repr_mimebundle_()[0]
        assert "image/png" in path_map()._repr_mimebundle_()[0]

    @pytest.mark.parametrize("name", ["map.svg", "map.SVG"])
    def test_is_saved_as_its_name_ends(self, tmp_path, name):
        picture = path_map()
        picture.save(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8") == picture.svg

    @pytest.mark.parametrize("name", ["map.jpg", "map", "map.svg.gz"])
    def test_another_end_is_refused_and_nothing_written(self, tmp_path, name):
        with pytest.raises(LensError, match=f"saved as .png or as .svg, not as '{name}'"):
            path_map().save(tmp_path / name)
        assert not list(tmp_path.iterdir())

    def test_where_nothing_can_be_written_that_is_said_and_nothing_is_lost(self, tmp_path):
        (tmp_path / "map.svg").mkdir()
        for file in (tmp_path / "nowhere" / "map.svg", tmp_path / "map.svg"):
            with pytest.raises(LensError, match=rf"^{re.escape(str(file))} can't be written: \w+"):
                path_map().save(file)
        assert [each.name for each in tmp_path.iterdir()] == ["map.svg"]

    def test_what_is_saved_halfway_leaves_what_was_there(self, tmp_path):
        (tmp_path / "map.svg").write_text("before", "utf-8")
        full = mock.patch.object(Path, "replace", side_effect=OSError(28, "No space left on device"))
        with full, pytest.raises(LensError, match="No space left"):
            path_map().save(tmp_path / "map.svg")
        assert [each.read_text("utf-8") for each in tmp_path.iterdir()] == ["before"]

    def test_another_kind_is_refused(self):
        with pytest.raises(LensError, match="as 'png' or as 'svg', not as 'pdf'"), drawn_as("pdf"):
            pass

    def test_fills_the_page_and_is_no_wider_than_the_png(self):
        root = ElementTree.fromstring(path_map().svg)
        assert root.get("width") == "100%"
        assert root.get("viewBox").startswith("0 0 619.2 ")
        assert root.get("style") == "max-width:1238px"

    def test_depends_on_no_hash_seed(self):
        code = "from tests.test_figures_svg import fingerprint; print(fingerprint())"
        seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
        said = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert said.strip() == fingerprint()


def fingerprint() -> str:
    """Two figures, as a number."""
    pictures = [path_map("10_render"), sequence(path_traced())]
    return hashlib.sha256("".join(picture.svg for picture in pictures).encode()).hexdigest()


class TestWhatIsHostile:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_stays_text(self, text):
        sheet = Sheet(40)
        sheet.text(10, 20, text)
        picture = sheet.finished(f"It says {text!r}.")
        assert_whole(picture)
        assert picture._repr_mimebundle_()[0]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_a_name_of_the_readers_does_too(self, text):
        picture = as_svg(growth, {text: {1: 1, 2: 2}}, text, text)
        assert_whole(picture)
        assert picture.alt.isprintable()
        assert "<script" not in picture._repr_mimebundle_()[0]["text/html"]


def test_letters_stand_on_their_base_line():
    """The outline of an "x" goes from its base line up, as high as in the font; that of a "p" goes below it."""
    heights = {sign: outlined(sign) for sign in "xp"}
    assert heights["x"][1] == pytest.approx(0, abs=2)
    assert -0.57 * EM < heights["x"][0] < -0.52 * EM
    assert heights["p"][1] > 0.15 * EM


def outlined(sign: str) -> tuple[float, float]:
    """The top and the bottom of a letter's outline."""
    y, seen = 0, [0]
    for command, numbers in re.findall("([mlqz])([^mlqz]*)", outlines().outline(sign, False, False)):
        if command != "z":
            y += int(re.findall(r"-?\d+", numbers)[-1])
            seen.append(y)
    return min(seen), max(seen)


@pytest.mark.parametrize("hatch", HATCHES)
def test_a_hatch_has_the_lines_of_the_other_maker(hatch):
    """Each line or dot of matplotlib's tile, an inch wide, lies on one of the small tile, and each of that on one."""
    wide, high, path = HATCHES[hatch]
    ours = [tuple(map(float, re.findall(r"-?[\d.]+", part))) for part in path.split("M")[1:]]
    if hatch == "....":
        circles = get_path(hatch, 6).vertices.reshape(-1, 26, 2)[:, :-1] * 72  # the last closes the path
        middles = (circles.min(axis=1) + circles.max(axis=1)) / 2
        theirs = {(round(x % wide, 2) % wide, round((72 - y) % high, 2) % high) for x, y in middles}
        assert theirs == {(x % wide, y % high) for x, y, _ in ours}
        return
    theirs = set()
    for (x0, y0), (x1, y1) in get_path(hatch, 6).vertices.reshape(-1, 2, 2) * 72:
        theirs |= {place((x0, 72 - y0), (x1, 72 - y1), wide, high)}
    assert theirs == {place(*ends(line, path), wide, high) for line in ours}


def ends(line, path):
    """Both ends of a line of a tile, as it is written: with two numbers each, or with one that changes."""
    x, y, *to = line
    return (x, y), (to[0], y) if "H" in path else (x, to[0]) if "V" in path else tuple(to)


def place(start, end, wide, high):
    """A line as its slope, and where it crosses the tile that repeats."""
    (x0, y0), (x1, y1) = start, end
    across, down = round(x1 - x0, 6), round(y1 - y0, 6)
    if across == 0:
        return "upright", round(x0 % wide, 2) % wide
    slope = round(down / across, 4)
    return slope, round((y0 - slope * x0) % high, 2) % high


@pytest.mark.parametrize("name", SHOWN)
def test_a_browser_shows_what_the_png_shows(browser, name):
    """But for the edges of letters and lines: eight by eight dots have nearly the same colour in both."""
    picture = FIGURES[name]()
    drawn = Image.open(io.BytesIO(picture.png)).convert("RGB")
    page = browser.new_context(viewport={"width": drawn.width, "height": drawn.height}).new_page()
    page.set_content(f'<body style="margin: 0">{picture.svg}')
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    apart = ImageChops.difference(drawn.reduce(8), shown.reduce(8))
    assert max(high for _, high in apart.getextrema()) < FAINT
    assert max(ImageStat.Stat(apart).mean) < 3
