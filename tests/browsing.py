"""Opens web pages in the system's Chromium, and notes what a page does wrong: errors, and requests to other hosts."""

import contextlib
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from snippets.edition.pictures import CHROMIUMS

LONG = 60_000  # milliseconds, after which something is taken to never happen
# Every name but this machine's is unknown to the browser.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser; the test is skipped, with the reason, where there is none."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", ALONE])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def opened(browser, address: str = "", width: int = 1400, height: int = 900, **options) -> Iterator:
    """A page; when the block ends it must have had no error, and have asked no host but its own."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(LONG)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        if address:
            page.goto(address)
        yield page
        assert not faults, faults
        hosts = {urlsplit(each).netloc for each in asked if not each.startswith(("data:", "blob:"))}
        assert len(hosts) <= 1, hosts
    finally:
        context.close()
