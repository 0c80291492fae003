"""Settings of all tests: a busy machine makes no test fail, for none is timed."""

import os

import pytest
from hypothesis import settings

from tests import browser_site as site_of_the_tests
from tests.browsing import chromium
from tests.web_book import once, served

settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def web_book(tmp_path_factory):
    """The folder of the book's web pages: made once, however many processes run the tests."""
    return once(_base(tmp_path_factory))


@pytest.fixture(scope="session")
def browser_site(tmp_path_factory):
    """The folder of the book's site for a browser: made once, however many processes run the tests."""
    return site_of_the_tests.once(_base(tmp_path_factory))


def _base(tmp_path_factory):
    """A folder of the session; a worker of xdist has a folder of its own in it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


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
