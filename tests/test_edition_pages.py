"""The web pages as files: every address leads somewhere, nothing comes from elsewhere, and the search finds words."""

import html
import json
import re
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from sphinx.search.en import SearchEnglish

from snippets import catalogue
from snippets.edition.web_cells import for_the_web
from snippets.lens.source import find
from tests.web_book import EXECUTED
from tests.web_pages import Page, broken, read

pytestmark = pytest.mark.once

SEARCH = SearchEnglish({})


@pytest.fixture(scope="module")
def pages(web_book):
    return read(web_book)


@pytest.fixture(scope="module")
def index(web_book):
    """The index of the search: term -> the pages that have it."""
    text = (web_book / "searchindex.js").read_text("utf-8")
    data = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", text, re.DOTALL)[1])
    made: dict[str, set[str]] = {}
    for terms in (data["terms"], data["titleterms"]):
        for term, found in terms.items():
            pages = found if isinstance(found, list) else [found]
            made.setdefault(term, set()).update(data["docnames"][page] for page in pages)
    return made


def test_it_is_made_without_a_warning(web_book):
    said = (web_book.parents[1] / "said").read_text("utf-8").splitlines()
    assert said == [f"executing {len(EXECUTED)} of {len(catalogue.texts()) + 1} chapters and pages", "making the pages"]


def test_there_is_a_page_for_each_text_and_for_what_is_done_by_hand(pages):
    expected = {*catalogue.texts(), "99_players", "index", "search", "xray", "live"}
    assert {path.removesuffix(".html") for path in pages if "/" not in path} == expected
    assert len([path for path in pages if path.startswith("tests/")]) > 10


def test_every_address_leads_somewhere(web_book, pages):
    assert sum(1 for page in pages.values() for _ in page.addresses()) > 5000
    assert broken(web_book, pages) == []


def test_an_address_that_leads_nowhere_is_noticed(tmp_path):
    """So the test above says something."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "a.html").write_text('<p id="x"><a href="#x"></a><a href="#y"></a><a href="b.html"></a>', "utf-8")
    (tmp_path / "tests" / "c.html").write_text('<a href="../a.html#x"></a><a href="../a.html#z"></a>', "utf-8")
    assert broken(tmp_path, read(tmp_path)) == ["a.html: #y", "a.html: b.html", "tests/c.html: ../a.html#z"]


def test_what_a_player_links_to_is_there(web_book, pages):
    """Its notes stand as data in the page, so nothing of them is among the page's addresses."""
    texts = json.loads(_players(web_book)[0])["texts"]
    notes = [note for text in texts for note in [text["purpose"], *(each for _, each in text["notes"])]]
    links = [html.unescape(link) for note in notes for link in re.findall(r'href="([^"]*)"', note)]
    inner = [urlsplit(link) for link in links if not urlsplit(link).scheme]
    assert inner
    assert [link for link in inner if unquote(link.fragment) not in pages[link.path].anchors] == []


def test_no_page_has_an_inline_script(pages):
    assert [path for path, page in pages.items() if page.inline] == []
    assert [
        each for page in pages.values() for each in page.elements if any(n.startswith("on") for n in each.attributes)
    ] == []
    assert not any(address.startswith("javascript:") for page in pages.values() for _, address in page.addresses())


def test_nothing_is_fetched_from_another_host(web_book, pages):
    fetched = [
        f"{path}: {address}"
        for path, page in pages.items()
        for kind, address in page.addresses()
        if kind != "a" and (urlsplit(address).scheme or urlsplit(address).netloc)
    ]
    assert fetched == []
    styles = "".join(file.read_text("utf-8") for file in (web_book / "_static").rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:\w+:)?//[^)]*", styles) == []


def test_no_page_gives_two_elements_one_name(pages):
    names = {
        path: [each.attributes["id"] for each in page.elements if "id" in each.attributes]
        for path, page in pages.items()
    }
    twice = {path: {name for name in each if each.count(name) > 1} for path, each in names.items()}
    assert {path: found for path, found in twice.items() if found} == {}


def test_every_figure_has_a_text_and_a_size(web_book, pages):
    images = [each for page in pages.values() for each in page.elements if each.tag == "img"]
    assert len(images) > 60
    lacking = [each for each in images if not all(each.attributes.get(name) for name in ("alt", "width", "height"))]
    assert lacking == []
    first = next(each for each in pages["05_http_channel.html"].elements if each.tag == "img")
    assert len(first.attributes["alt"].split()) > 5


def test_further_sections_are_folded_and_say_what_one_finds(pages):
    page = pages["05_http_channel.html"]
    notebook = nbformat.read(catalogue.CHAPTERS.parent / "notebooks" / "05_http_channel.ipynb", 4)
    further = [cell for cell in notebook.cells if cell.source.startswith("## Further: ")]
    folded = [each for each in page.elements if each.attributes.get("class") == "further" and each.tag == "details"]
    assert len(folded) == len(further) > 2
    for each in folded:
        inside = [one for one in page.elements if each in one.around]
        assert inside[0].tag == "summary"
        assert len(inside) > 3
        assert each.around[-1].tag == "section"
        assert "open" not in each.attributes
    core = [each for each in page.elements if each.tag == "h2"][:3]
    assert not any(around.attributes.get("class") == "further" for each in core for around in each.around)


def test_one_leads_to_the_next_and_back(pages):
    """From the first page through all chapters, in the order of the book."""
    walked, at = [], "index.html"
    for _ in catalogue.slugs():
        (at,) = {
            each.attributes["href"]
            for each in pages[at].elements
            if each.tag == "a" and each.attributes.get("class") == "next-page"
        }
        walked.append(at.removesuffix(".html"))
    assert walked == catalogue.slugs()
    back = [each.attributes["href"] for each in pages[at].elements if each.attributes.get("class") == "prev-page"]
    assert back == [f"{catalogue.slugs()[-2]}.html"]


def test_the_first_page_tells_each_chapter_with_its_question(web_book):
    text = (web_book / "index.html").read_text("utf-8")
    for slug in catalogue.slugs():
        assert f'href="{slug}.html"' in text
    assert "What happens between a browser\u2019s GET and the page, once through?" in html.unescape(text)


def test_a_saved_listing_needs_no_style_of_its_own(web_book):
    for page in web_book.glob("*.html"):
        assert page.read_text("utf-8").count("<style") == 1  # that of the theme


def test_the_source_is_that_of_the_installed_twisted(web_book):
    page = _without_tags((web_book / "05_http_channel.html").read_text("utf-8"))
    for line in find("HTTPChannel.lineReceived").lines.values():
        assert line.strip() in page


def _without_tags(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def _players(web_book):
    text = (web_book / "99_players.html").read_text("utf-8")
    return re.findall(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)


def test_a_player_is_there_as_data_and_its_script_once(web_book):
    films = [json.loads(each) for each in _players(web_book)]
    assert [(each["step"], each["film"]["title"]) for each in films] == [
        (0, "GET /hello HTTP/1.1"),
        (30, "GET /hello HTTP/1.1"),
    ]
    assert "class Film" not in (web_book / "99_players.html").read_text("utf-8")
    assert "class Film" in (web_book / "_static" / "player.js").read_text("utf-8")


class TestTheIndexOfTheSearch:
    @pytest.mark.parametrize(
        ("word", "page"),
        [
            ("wanderer", "99_players"),  # in prose
            ("persistent", "05_http_channel"),  # in prose, source and notes
            ("checkPersistence", "05_http_channel"),  # a name, in source
            ("eager", "07_connection_life"),  # in a note
        ],
    )
    def test_has_words_of_prose_notes_and_source(self, index, word, page):
        assert page in index.get(SEARCH.stem(word.lower()), ())

    def test_has_every_word_of_a_listing(self, index):
        lines = find("HTTPChannel.lineReceived").lines.values()
        stems = {SEARCH.stem(word.lower()) for line in lines for word in SEARCH.split(line)}
        assert {
            stem for stem in stems if SEARCH.word_filter(stem) and "05_http_channel" not in index.get(stem, ())
        } == set()

    def test_has_no_words_that_are_glued_together(self, web_book, index):
        """Each of its terms stands in a page, where what is between two blocks, or in an alt text, is apart."""
        words = set()
        for page in web_book.glob("*.html"):
            text = re.sub(r"<(script|style).*?</\1>", " ", page.read_text("utf-8"), flags=re.DOTALL)
            texts = " ".join(re.findall(r' alt="([^"]*)"', text))
            lines = re.sub(r"</?(span|code|em|strong|a|b|i)\b[^>]*>", "", text)  # these stand within a word
            bare = [re.sub(r"<[^>]+>", " ", each) for each in (text, lines, texts)]
            for apart in (*bare, *map(html.unescape, bare)):  # of listings Sphinx takes "&amp;" as a word, too
                words.update(SEARCH.split(apart))
        known = {form for word in words for form in (word, word.lower(), SEARCH.stem(word.lower()))}
        assert sorted(set(index) - known) == []


def test_what_stands_in_a_listing_is_apart():
    shown = "<td>1</td><td><div><p>reads</p></div><p>size</p></td><b>a</b><i>b</i><p>c</p>d<br>e<pre>  x\n  y</pre>"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell()])
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", {"text/html": shown})]
    made = for_the_web(notebook).cells[0].outputs[0].data["text/html"]
    assert re.sub(r"<[^>]+>", "", made).split() == ["1", "reads", "size", "ab", "c", "d", "e", "x", "y"]
    assert "<pre>  x\n  y</pre>" in made


def test_the_page_of_a_test_has_the_line_that_the_text_names(web_book, pages):
    links = {address for _, address in pages["05_http_channel.html"].addresses() if address.startswith("tests/")}
    assert links
    for link in links:
        name, line = re.fullmatch(r"tests/(\w+)\.html#L-(\d+)", link).groups()
        shown = Page(web_book / "tests" / f"{name}.html")
        assert f"L-{line}" in shown.anchors
        text = (catalogue.CHAPTERS.parent / "tests" / f"{name}.py").read_text("utf-8").splitlines()
        assert re.match(r"\s*(async )?(def|class) ", text[int(line) - 1])
