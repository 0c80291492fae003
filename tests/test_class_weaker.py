"""The weaker sandbox: what it is said to contain it contains, its rows are those of bubblewrap, and it is asked for."""

import contextlib

import pytest

from tests.bookshelf import only_these, write
from tests.hostile import HOSTILE
from tests.sandboxed import World, begun, contained


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


@pytest.fixture(scope="module")
def sandbox():
    with begun(weaker=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("home"), stack)


@pytest.mark.parametrize("name", HOSTILE)
def test_harm_is_contained_and_told(name, sandbox, world):
    said = contained(name, sandbox, world)
    print(said)
