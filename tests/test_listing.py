"""A listing: what it shows, how it is lit, and that nothing of Twisted's source is left in what is saved."""

import colorsys
import re

import pytest
import twisted

from snippets.http_channel.hello_site import root
from snippets.lens import source
from snippets.lens.errors import LensError
from snippets.lens.lines import lines
from snippets.lens.listing import STORED, listing
from snippets.lens.source import find, reading
from snippets.lens.trace import record
from snippets.lens.wire import Wire

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
NAME = "HTTPChannel.lineReceived"


def lit_by(data):
    with lines([NAME]) as run:
        Wire(root()).send(data)
    return run


def row(reading, text):
    return next(row for row in reading.rows if row.text.strip() == text)


def test_lines_are_numbered_as_in_the_file():
    function = find(NAME)
    with open(function.file, encoding="utf-8") as opened:
        file = opened.read().splitlines()
    assert function.lines == {number: file[number - 1] for number in range(function.first, function.last + 1)}


def test_lit_unlit_and_neither():
    shown = reading(NAME, lit_by(GET))
    assert row(shown, "self.requests.append(request)").lit is True
    assert row(shown, "self.requests.append(request)").count == 1
    assert row(shown, "self.__first_line = 2").lit is False
    assert row(shown, "# create a new Request object").lit is None
    assert row(shown, "def lineReceived(self, line):").lit is None
    assert row(shown, "Called for each line from request until the end of headers when").lit is None


def test_a_trace_lights_the_lines_that_made_a_recorded_call():
    with record(["_parseRequestLine", "HTTPChannel.headerReceived"]) as trace:
        Wire(root()).send(GET)
    lit = [row.text.strip() for row in reading(NAME, trace).rows if row.lit]
    assert lit == ["command, request, version = _parseRequestLine(line)", "ok = self.headerReceived(self.__header)"]


def test_a_comparison_shows_what_moved():
    shown = reading(NAME, lit_by(b"\r\n" + GET), than=lit_by(GET))
    moved = [item.text.strip() for item in shown.shown if isinstance(item, source.Row)]
    decided = ["if self.__first_line:", "if not line and self.__first_line == 1:"]
    assert moved == ["def lineReceived(self, line):", *decided[1:], "self.__first_line = 2", "return"]
    assert "not shown" in listing(NAME, lit_by(GET), than=lit_by(GET)).as_text()


def test_text_marks_lit_lines_and_puts_notes_under_them():
    text = listing(NAME, lit_by(GET)).as_text(width=100)
    assert re.search(r"^ \d+   3x >     self\._receivedHeaderSize \+= len\(line\)$", text, re.MULTILINE)
    assert re.search(r"^ {13,}\| 1: a request line is expected\.", text, re.MULTILINE)
    assert "(docstring, 4 lines)" in text
    assert "Called for each line from request" not in text


def test_wide_text_has_the_notes_beside_their_line():
    text = listing(NAME, lit_by(GET)).as_text(width=160)
    assert re.search(r"if self.__first_line: {5,}1: a request line is expected\.", text)


def test_html_has_counts_notes_and_a_folded_docstring():
    html = listing(NAME, lit_by(GET))._repr_mimebundle_()["text/html"]
    assert html.count('class="lens-lit"') == sum(bool(row.lit) for row in reading(NAME, lit_by(GET)).rows)
    assert "<summary>docstring, 4 lines</summary>" in html
    assert "1: a request line is expected." in html
    assert f"twisted-{twisted.__version__}/src/twisted/web/http.py#L{find(NAME).first}-L{find(NAME).last}" in html


def test_what_is_saved_has_notes_and_counts_but_no_source():
    shown = reading(NAME, lit_by(GET))
    stored = listing(NAME, lit_by(GET))._repr_mimebundle_()[STORED]
    assert set(stored) == {"text/html", "text/plain"}
    for form in stored.values():
        assert "1: a request line is expected." in form
        assert f"lines {shown.function.first}-{shown.function.last}" in form
        for item in shown.rows:
            assert len(item.text.strip()) < 12 or item.text.strip() not in form
    count = row(shown, "self.requests.append(request)")
    assert f"{count.number} x1," in stored["text/plain"].replace("\n", " ")


def _luminance(red, green, blue):
    def linear(value):
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def _contrast(one, other):
    lighter, darker = sorted([_luminance(*one), _luminance(*other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _mixed(share, one, other):
    return tuple(share * a + (1 - share) * b for a, b in zip(one, other, strict=True))


BLACK, WHITE, DARK = (0, 0, 0), (1, 1, 1), (0x11 / 255,) * 3  # JupyterLab's ink and paper, light and dark
ORANGE = (0xE6 / 255, 0x9F / 255, 0)


@pytest.mark.parametrize(("ink", "paper"), [(BLACK, WHITE), (WHITE, DARK)])
def test_every_text_is_legible_in_light_and_dark(ink, paper):
    from snippets.lens.listing import _style

    style = _style()
    shares = [
        int(share) / 100 for share in re.findall(r"color: color-mix\(in srgb, var\(--ink\) (\d+)%, var\(--paper", style)
    ]
    tint = int(re.search(r"background: color-mix\(in srgb, var\(--lit\) (\d+)%", style)[1]) / 100
    assert shares
    for share in shares:
        assert _contrast(_mixed(share, ink, paper), paper) >= 4.5
    assert _contrast(ink, _mixed(tint, ORANGE, paper)) >= 7
    assert colorsys.rgb_to_hls(*_mixed(tint, ORANGE, paper))[1] != pytest.approx(
        colorsys.rgb_to_hls(*paper)[1], abs=0.02
    )


def test_a_lost_line_names_function_version_and_nearest(monkeypatch):
    from snippets.lens.notes import Annotation, Note

    note = Note("self._receivedHeaderSize += size(line)", None, "", "gone")
    annotation = Annotation("twisted.web.http:HTTPChannel.lineReceived", "here.md:1", notes=[note])
    monkeypatch.setattr(source, "store", lambda: {annotation.name: annotation})
    with pytest.raises(LensError, match=r"HTTPChannel\.lineReceived in Twisted .*: self._receivedHeaderSize \+= len"):
        listing(NAME)
    monkeypatch.setattr(source.twisted, "__version__", "99.1")
    with pytest.warns(source.OtherTwisted, match="1 of the notes on HTTPChannel.lineReceived"):
        assert len(listing(NAME).reading.lost) == 1


def test_a_function_of_the_readers_own_can_be_listed():
    assert "snippets" not in (find("snippets.http_channel.hello_site:root").link or "")
    assert "def root()" in listing("snippets.http_channel.hello_site:root").as_text()


def test_what_has_no_source_is_refused_in_a_line():
    with pytest.raises(LensError):
        listing("HTTPChannel.maxHeaders")
