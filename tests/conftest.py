"""Settings of all tests: a busy machine makes no test fail, for none is timed."""

import os

import pytest
from hypothesis import settings

from tests.browsing import chromium
from tests.web_book import once, served

settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def web_book(tmp_path_factory):
    """The folder of the book's web pages: made once, however many processes run the tests."""
    base = tmp_path_factory.getbasetemp()
    # A worker of xdist has a folder of its own in that of the session.
    return once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="module")
def browser():
    """Chromium. It is closed after each file of tests: while it is there, no other loop of asyncio can run."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def web_site(web_book):
    """The address of the book's web pages, served by its own server."""
    with served(web_book) as address:
        yield address
