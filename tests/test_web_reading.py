"""Reads the book's web pages in a browser: narrow and wide, light and dark, by keyboard, by search."""

import gzip
from urllib.parse import unquote, urlsplit

import pytest

from tests.browsing import opened

pytestmark = pytest.mark.once

READ = ("00_start_here", "05_http_channel", "99_players")
FOLDED = "05_http_channel.html"
MOST = 220 * 1024  # bytes, gzipped, of a chapter's first view
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((each) => { sum += each.value; }))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 0)));
})"""
SCROLLED_THROUGH = """async () => {
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  for (const each of document.images) each.loading = "eager"; // one that is never shown would never come
  for (let at = 0; at < document.body.scrollHeight; at += 700) {
    scrollTo(0, at);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  await Promise.all([...document.images].map((each) => each.complete
    || new Promise((done) => { each.onload = each.onerror = done; })));
  return [...document.images].filter((each) => !each.naturalWidth).map((each) => each.src);
}"""
WIDER = """() => [...document.querySelectorAll("article *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .filter((each) => getComputedStyle(each).position !== "absolute")
  .filter((each) => { for (let at = each.parentElement; at; at = at.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return false; return true; })
  .map((each) => each.outerHTML.slice(0, 120))"""
# What is cut where nothing scrolls, or asks to be pressed where nothing can be; in the players too.
ON_PAPER = """() => [document, ...document.querySelectorAll("article *")].map((each) => each.shadowRoot ?? each)
  .filter((each) => each === document || each instanceof ShadowRoot)
  .flatMap((root) => [...root.querySelectorAll("article *, .player *, .skip-to-content")])
  .filter((each) => each.checkVisibility() && !each.matches("math *, .player .call, .player .number button"))
  .filter((each) => each.matches("button, select, input, .skip-to-content")
    || (getComputedStyle(each).overflowX !== "visible"
      && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)))
  .map((each) => each.outerHTML.slice(0, 160))"""
ABOVE = """() => [...document.images].filter((each) => each.getBoundingClientRect().top < innerHeight)
  .map((each) => each.src)"""
LIGHTNESS = """(colour) => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((one, other) => one + other) / 765;
}"""


@pytest.mark.parametrize("slug", READ)
def test_a_chapter_is_read_from_top_to_end(browser, web_site, slug):
    """Every figure comes, nothing jumps, nothing fails, and no other host is asked."""
    with opened(browser, f"{web_site}{slug}.html") as page:
        assert page.evaluate(SCROLLED_THROUGH) == []
        assert page.evaluate(SHIFTS) < 0.02


@pytest.mark.parametrize("slug", READ)
def test_the_first_view_of_a_chapter_is_small(browser, web_site, slug):
    """HTML, styles, scripts and fonts, and what pictures stand in the first view: at most 220 KB, gzipped."""
    with opened(browser) as page:
        got = {}
        page.on("response", lambda response: got.setdefault(response.url, response))
        page.goto(f"{web_site}{slug}.html", wait_until="networkidle")
        shown = set(page.evaluate(ABOVE))
        pictures = (".png", ".jpg", ".svg")
        sizes = {
            url: len(gzip.compress(response.body()))
            for url, response in list(got.items())
            if url.startswith(web_site) and (url in shown or not urlsplit(url).path.endswith(pictures))
        }
    total = sum(sizes.values())
    print(f"{slug}: {total / 1024:.0f} KB", {unquote(url.rsplit("/", 1)[1]): size for url, size in sizes.items()})
    assert total <= MOST


@pytest.mark.parametrize("slug", [*READ, "index", "glossary", "claims", "search", "xray"])
@pytest.mark.parametrize("width", [400, 700, 1000, 1400])
def test_nothing_is_wider_than_the_screen(browser, web_site, slug, width):
    with opened(browser, f"{web_site}{slug}.html", width=width, height=800) as page:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert page.evaluate(WIDER) == []


def test_notes_stand_beside_the_code_where_there_is_room_and_under_it_where_there_is_none(browser, web_site):
    with opened(browser, f"{web_site}{FOLDED}", width=1400) as page:
        row = page.locator("table.lens-code tr", has=page.locator(".lens-note div")).first
        code, note = row.locator(".lens-s").bounding_box(), row.locator(".lens-note").bounding_box()
        assert note["x"] >= code["x"] + code["width"] - 1
        page.set_viewport_size({"width": 400, "height": 800})
        code, note = row.locator(".lens-s").bounding_box(), row.locator(".lens-note").bounding_box()
        assert note["y"] >= code["y"] + code["height"] - 1


class TestFolded:
    def test_a_section_is_folded_and_opens(self, browser, web_site):
        with opened(browser, f"{web_site}{FOLDED}") as page:
            section = page.locator("details.further").first
            inside = section.locator("p, pre, table").first
            assert not inside.is_visible()
            section.locator("summary").first.click()
            assert inside.is_visible()
            section.locator("summary").first.click()
            assert not inside.is_visible()

    def test_a_link_into_it_opens_it(self, browser, web_site):
        with opened(browser, f"{web_site}99_players.html") as page:
            page.get_by_role("link", name="jumps").click()
            page.locator("details.further[open]").wait_for()
            assert page.locator("[data-player]").nth(1).is_visible()

    def test_so_does_an_address_that_leads_inside(self, browser, web_site):
        with opened(browser, f"{web_site}{FOLDED}") as page:
            inner = page.evaluate("document.querySelector('details.further [id]').id")
        with opened(browser, f"{web_site}{FOLDED}#{inner}") as page:
            page.locator("details.further[open]").first.wait_for()
            page.wait_for_function(
                "(id) => { const at = document.getElementById(id).getBoundingClientRect(); "
                "return at.top >= -1 && at.top < innerHeight; }",
                arg=inner,
            )

    def test_printing_opens_all(self, browser, web_site):
        with opened(browser, f"{web_site}{FOLDED}") as page:
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            assert page.locator("details.further:not([open])").count() == 0

    def test_every_figure_is_there_to_be_printed(self, browser, web_site):
        with opened(browser, f"{web_site}{FOLDED}") as page:
            assert page.evaluate("document.images.length") > 3
            page.wait_for_function("() => [...document.images].every((each) => each.complete && each.naturalWidth)")

    @pytest.mark.parametrize("slug", ["00_start_here", "05_http_channel", "index", "xray"])
    def test_on_paper_nothing_is_cut_and_nothing_is_to_be_pressed(self, browser, web_site, slug):
        with opened(browser, f"{web_site}{slug}.html", width=700) as page:
            if slug == "xray":
                page.get_by_role("button", name="Play it").click()
            if slug != "index":
                page.locator("[data-player] .player, .stage .player").first.wait_for(state="attached")
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            assert page.evaluate(ON_PAPER) == []

    def test_what_printing_opened_is_folded_again(self, browser, web_site):
        with opened(browser, f"{web_site}{FOLDED}") as page:
            page.locator("details.further").nth(1).locator("summary").first.click()
            page.evaluate("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
            assert page.locator("details.further[open]").count() == 1


class TestSearch:
    @pytest.mark.parametrize("word", ["wanderer", "checkPersistence", "eager"])
    def test_a_word_leads_to_where_it_stands(self, browser, web_site, word):
        with opened(browser, f"{web_site}index.html") as page:
            page.get_by_role("textbox", name="Search").fill(word)
            page.keyboard.press("Enter")
            hit = page.locator("#search-results li a").first
            hit.wait_for()
            hit.click()
            page.wait_for_load_state()
            assert "search.html" not in page.url
            # It may stand in what is folded. Of a word like this one the search looks for the stem.
            assert word.lower() in page.locator("article").text_content().lower() or word == "eager"

    def test_what_is_typed_is_shown_as_text(self, browser, web_site):
        with opened(browser, f"{web_site}search.html?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E") as page:
            page.locator("#search-results .search-summary").wait_for()
            page.wait_for_function(
                "document.querySelector('#search-results .search-summary').textContent.includes('did not match') "
                "|| document.querySelector('#search-results .search-summary').textContent.includes('found')"
            )
            assert page.locator("#search-results img").count() == 0


class TestDark:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_system_is_followed(self, browser, web_site, scheme):
        with opened(browser, f"{web_site}{FOLDED}", color_scheme=scheme) as page:
            assert (lightness(page, "body", "backgroundColor") < 0.3) is (scheme == "dark")
            assert (lightness(page, "table.lens-code pre", "color") > 0.5) is (scheme == "dark")

    def test_the_reader_can_say_otherwise_and_it_is_kept(self, browser, web_site):
        """A dark page on a light system: no word of a listing is dark on dark."""
        with opened(browser, f"{web_site}{FOLDED}", color_scheme="light") as page:
            button = page.locator("button.theme-toggle:visible").first
            for _ in range(3):
                if lightness(page, "body", "backgroundColor") < 0.3:
                    break
                button.click()
            assert lightness(page, "body", "backgroundColor") < 0.3
            assert lightness(page, "table.lens-code pre", "color") > 0.5
            page.goto(f"{web_site}99_players.html")
            assert lightness(page, "body", "backgroundColor") < 0.3
            assert lightness(page, "[data-player] .said", "color") > 0.5


def lightness(page, selector: str, what: str) -> float:
    """How light a colour of an element is, from 0 to 1."""
    colour = page.locator(selector).first.evaluate(f"(each) => getComputedStyle(each).{what}")
    return page.evaluate(LIGHTNESS, colour)


def test_by_keyboard_alone_one_reaches_the_player_and_leaves_it(browser, web_site):
    with opened(browser, f"{web_site}99_players.html") as page:
        inside = "document.activeElement.shadowRoot?.activeElement?.className"
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(inside) == "player":
                break
        assert page.evaluate(inside) == "player"
        page.keyboard.press("ArrowRight")
        assert page.locator("[data-player] .said").first.inner_text().startswith("1: ")
        for _ in range(400):
            page.keyboard.press("Tab")
            if page.evaluate("!document.activeElement.shadowRoot"):
                break
        assert page.evaluate("!document.activeElement.shadowRoot")
