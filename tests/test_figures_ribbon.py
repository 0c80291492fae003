"""The byte ribbon: its cells, its marks and its legend agree with what was received."""

from collections import Counter
from itertools import pairwise

import matplotlib
import pytest
from matplotlib.patches import Polygon, Rectangle

from snippets.lens.figures import Picture, ribbon
from snippets.lens.figures.ribbon import CELL, COLUMNS, FILLS, MOST, STRIP, cells, in_ribbon
from snippets.lens.follow.channel import BODY, EARLY, REQUEST_LINE, UNPARSED, received
from snippets.lens.follow.stream import Byte, Received
from tests.pictures import texts
from tests.recorded import FOLDED_GET, TRACES, traced


class TestRibbon:
    def strips(self, picture: Picture) -> Counter:
        """How many columns each colour and hatch takes."""
        found: Counter = Counter()
        for patch in picture.figure.findobj(Rectangle):
            columns = patch.get_width() / CELL
            if patch.get_height() == STRIP and abs(columns - round(columns)) < 1e-6:
                colour = matplotlib.colors.to_hex(patch.get_facecolor()).upper()
                found[colour, patch.get_hatch() or ""] += round(columns)
        return found

    @pytest.mark.parametrize("name", [name for name in TRACES if name not in ("long body", "many lines")])
    def test_every_byte_has_a_cell_of_its_colour(self, name):
        trace = TRACES[name]()
        kinds = Counter(byte.kind for byte in received(trace).bytes)
        assert self.strips(ribbon(trace)) == {tuple(FILLS[kind]): count for kind, count in kinds.items()}

    def test_cells_show_the_bytes(self):
        said = texts(ribbon(traced(b"GET /\x00\xff\t$a$ HTTP/1.1\r\n\r\n")))
        shown = [r"\r", r"\n", r"\t"]
        assert "".join(text for text in said if len(text) == 1 or text in shown) == (
            "0" + r"GET/··\t$a$HTTP/1.1\r\n\r\n"
        )

    def test_every_cut_has_a_mark(self):
        for size, cuts in ((None, 0), (40, 1), (1, len(FOLDED_GET) - 1)):
            marks = ribbon(traced(FOLDED_GET, size)).figure.findobj(Polygon)
            triangles = [mark for mark in marks if not isinstance(mark, Rectangle)]
            assert len(triangles) == cuts + bool(cuts), "one a cut, and one in the legend"

    @pytest.mark.parametrize("name", TRACES)
    def test_the_legend_has_what_occurs(self, name):
        trace = TRACES[name]()
        found = received(trace)
        said = texts(ribbon(trace))
        assert {kind for kind in FILLS if kind in said} == {byte.kind for byte in found.bytes}
        assert ("a piece ends here" in said) == bool(found.cuts)
        assert ("answered with 400 Bad Request" in said) == any(byte.refused for byte in found.bytes)

    def test_long_stretches_are_left_out_and_counted(self):
        picture = ribbon(TRACES["long body"]())
        left_out = [int(text.split()[1].replace(",", "")) for text in texts(picture) if text.startswith("… ")]
        found = received(TRACES["long body"]())
        shown = cells(found)
        assert left_out == [cell.length for cell in shown if cell.length > 1]
        assert sum(left_out) > 3000
        assert sum(cell.columns for cell in shown) <= MOST

    def test_what_is_left_out_is_the_middle(self):
        shown = cells(Received([Byte(65, BODY, 0)] * 3000, [1, 1500]))
        counts = [cell.length for cell in shown]
        gap = next(number for number, count in enumerate(counts) if count > 1)
        assert abs(gap - len(counts[gap + 1 :])) <= 1
        assert shown[gap].text == f"… {3000 - len(counts) + 1:,} bytes, 1 cut …"

    def test_very_many_lines_are_left_out_together(self):
        found = received(TRACES["many lines"]())
        shown = cells(found)
        assert [cell.byte for cell in shown if cell.length > 1] == [None]
        assert sum(cell.columns for cell in shown) <= MOST

    def test_rows_are_filled_and_not_overfilled(self):
        found = received(TRACES["long body"]())
        filled = in_ribbon(cells(found))
        for one, other in pairwise(filled):
            end = one.column + one.cell.columns
            assert end <= COLUMNS
            assert (other.row, other.column) in ((one.row, end), (one.row + 1, 0))

    def test_alt_counts_the_bytes(self):
        alt = ribbon(TRACES["two empty lines"]()).alt
        assert "36 bytes, received in 1 piece." in alt
        assert f"{EARLY} 2; {REQUEST_LINE} 2; {UNPARSED} 32." in alt
        assert "2 bytes were answered with 400 Bad Request" in alt
        assert "pieces end after byte 20, 40" in ribbon(TRACES["folded"]()).alt
