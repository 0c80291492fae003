"""The site in Chromium, from a cold start, in a folder of a host of plain files: chapters, a player, an exercise."""

import contextlib
import functools
import http.server
import json
import threading
import time
from urllib.parse import urlsplit

import nbformat
import pytest

from snippets import catalogue
from snippets.workshop.kernels import normalise
from tests.browser_site import differences, notebook

pytestmark = pytest.mark.once

LONG = 240_000  # milliseconds, after which something is taken to never happen
# By which a test asks JupyterLab for what it shows; it is not there on the site.
ASKED = "jupyterapp.shell.currentWidget"
RUN_ALL = """() => {
  jupyterapp.commands.execute('editmenu:clear-all');
  window.ran = jupyterapp.commands.execute('notebook:run-all-cells');
}"""
# The kernel has a name then and no session, so JupyterLab alone would run nothing and say nothing. That lasts for some
# hundredths of a second, after the cells are shown, and is not waited for from outside.
RUN_ALL_WHILE_THE_KERNEL_STARTS = f"""{{
  const looks = setInterval(() => {{
    const context = window.jupyterapp && {ASKED}?.sessionContext;
    if (!context) return;
    clearInterval(looks);
    context.statusChanged.connect(function starts(_, status) {{
      if (status !== 'starting') return;
      context.statusChanged.disconnect(starts);
      window.hadASession = Boolean(context.session);
      ({RUN_ALL})();
    }});
  }}, 1);
}}"""
EXERCISE = "slash_in_put_child"
SOLVED = f"""
from snippets.practice.notebook import check

{(catalogue.CHAPTERS.parent / "snippets" / "exercises" / EXERCISE / "solution.py").read_text("utf-8")}
check({EXERCISE!r}, root)
"""


class _Host(http.server.SimpleHTTPRequestHandler):
    """A host of static files that says nothing."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(browser_site, tmp_path_factory):
    """The address of the site, in a folder of a host."""
    place = tmp_path_factory.mktemp("host")
    (place / "class").mkdir()
    (place / "class" / "book").symlink_to(browser_site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, directory=str(place))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/class/book/"
        server.shutdown()


class Lab:
    """A chapter that is open in JupyterLab, and what it was delivered with."""

    def __init__(self, page, delivered):
        self.page = page
        self.delivered = delivered

    def run_all(self):
        """Run all cells."""
        self.page.evaluate(RUN_ALL)

    def wait(self):
        """Wait for the run of all cells; return the seconds until the first output was there, and until all had run."""
        shows = next(at for at, cell in enumerate(self.delivered.cells) if cell.get("outputs"))
        began = time.monotonic()
        self.page.wait_for_function("'ran' in window")
        self.page.wait_for_function(f"{ASKED}.content.model.cells.get({shows}).outputs.length > 0")
        first = time.monotonic() - began
        self.page.evaluate("window.ran.then(() => true)")
        return first, time.monotonic() - began

    def read(self):
        """The notebook as it is now."""
        return nbformat.from_dict(self.page.evaluate(f"{ASKED}.content.model.toJSON()"))

    def add(self, source):
        """Write a cell below all others and run it; return what it shows, as plain text."""
        self.page.evaluate(
            f"""async (source) => {{
              const notebook = {ASKED}.content;
              notebook.activeCellIndex = notebook.widgets.length - 1;
              await jupyterapp.commands.execute('notebook:insert-cell-below');
              notebook.activeCell.model.sharedModel.setSource(source);
              await jupyterapp.commands.execute('notebook:run-cell');
            }}""",
            source,
        )
        return "".join(output.data["text/plain"] for output in self.read().cells[-1].outputs)


@contextlib.contextmanager
def opened(browser, address, delivered, slug, script=""):
    """A chapter whose cells have just been shown, in a new browser; it must ask no host but its own.

    What is in `script` runs in the page before anything else.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(LONG)
    asked, faults = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    # What JupyterLab is told is told it with one thing more: to let the test ask.
    context.route("**/jupyter-lite.json*", _exposed)
    context.add_init_script(script)
    page = context.new_page()
    try:
        page.goto(f"{address}lab/index.html?path=notebooks/{slug}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.wait_for_function(f"window.jupyterapp && {ASKED}?.content?.model?.cells?.length > 3")
        yield Lab(page, delivered)
        assert not faults
        assert {urlsplit(each).netloc for each in asked if not each.startswith(("data:", "blob:"))} == {
            urlsplit(address).netloc
        }
    finally:
        context.close()


def _exposed(route):
    told = route.fetch().json()
    told["jupyter-config-data"]["exposeAppInBrowser"] = True
    route.fulfill(body=json.dumps(told), content_type="application/json")


@pytest.fixture
def lab(browser, address, browser_site):
    """Opens a chapter, as a function of its slug."""
    return lambda slug, **how: opened(browser, address, notebook(browser_site, slug), slug, **how)


class TestAChapterFromAColdStart:
    """Each of them asks no host but its own, and has no error."""

    def test_that_is_run_while_its_kernel_starts_shows_its_figure_and_its_player(self, lab, capsys):
        with lab("00_start_here", script=RUN_ALL_WHILE_THE_KERNEL_STARTS) as chapter:
            self.runs(chapter, "00", capsys)
            assert not chapter.page.evaluate("window.hadASession"), "it is run before there is a session"
            figure = chapter.page.locator('.jp-OutputArea img[src^="data:image/svg+xml"]').first
            figure.scroll_into_view_if_needed()
            assert figure.bounding_box()["width"] > 300
            player = chapter.page.get_by_role("group", name="Player: GET /").first
            player.scroll_into_view_if_needed()
            number = player.get_by_label("number of the step")
            before = int(number.input_value())
            player.press("ArrowRight")
            assert int(number.input_value()) == before + 1
            player.press("End")
            assert number.input_value() == number.get_attribute("max")

    def test_of_the_channel_is_run_as_soon_as_it_is_shown(self, lab, capsys):
        with lab("05_http_channel") as chapter:
            assert not chapter.page.evaluate(f"{ASKED}.sessionContext.session"), "its kernel is not there"
            chapter.run_all()
            self.runs(chapter, "05", capsys)

    def test_of_the_tree_runs_and_an_exercise_is_solved_in_it(self, lab, capsys):
        with lab("09_resource_traversal") as chapter:
            chapter.page.wait_for_function(f"{ASKED}.sessionContext.session?.kernel?.status === 'idle'")
            chapter.run_all()
            self.runs(chapter, "09", capsys)
            assert "passed" in chapter.add(SOLVED)

    def runs(self, chapter, name, capsys):
        first, ran = chapter.wait()
        with capsys.disabled():
            print(f"\nchapter {name} in Chromium: first output after {first:.1f} s, all cells after {ran:.1f} s")
        assert chapter.page.locator(".jp-Dialog").count() == 0, "JupyterLab asks for no kernel"
        assert differences(chapter.delivered, normalise(chapter.read())) == []


def test_the_first_page_leads_into_the_book(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="00 · Start here").click()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=LONG)
    assert page.title().endswith("Twisted.web, line by line")
    page.close()
