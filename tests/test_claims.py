"""Tests that carry a claim: found by name, and proved on demand, in the shell and in a cell."""

import pytest

from snippets.lens import claims
from snippets.lens.claims import claim, prove
from snippets.lens.errors import LensError

TESTS = '''
def test_true():
    """One and one are
    two."""
    assert 1 + 1 == 2

def test_false():
    """One and one are three."""
    assert 1 + 1 == 3

def test_silent():
    pass

class TestA:
    def test_twice(self):
        """A."""

class TestB:
    def test_twice(self):
        """B."""
'''


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A project of one test file."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_sums.py").write_text(TESTS, "utf-8")
    monkeypatch.setattr(claims, "ROOT", tmp_path)
    claims._texts.cache_clear()
    claims._in_file.cache_clear()
    yield tmp_path
    claims._texts.cache_clear()
    claims._in_file.cache_clear()


def test_a_claim_knows_its_place_and_says_its_docstring(shelf):
    assert claim("test_true")[1:] == ("tests/test_sums.py", 2, "", "One and one are two.")
    assert claim("TestB.test_twice").node == "tests/test_sums.py::TestB::test_twice"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_twice", "more than one test has that name"),
        ("test_silent", "no test called test_silent states a claim"),
        ("test_treu", "did you mean test_true"),
        ("TestC.test_true", "no test called TestC.test_true states a claim"),
    ],
)
def test_a_name_that_means_no_claim_is_refused(shelf, name, said):
    with pytest.raises(LensError, match=said):
        claim(name)


def test_what_holds_and_what_does_not(shelf):
    proved, refuted = prove("test_true"), prove("test_false")
    assert proved.holds
    assert str(proved).startswith("One and one are two.\nIt holds here: 1 passed")
    assert not refuted.holds
    assert "does not hold here" in repr(refuted)
    assert "assert (1 + 1) == 3" in repr(refuted)


def test_a_file_that_can_not_be_run_is_a_line(shelf):
    (shelf / "tests" / "test_sums.py").write_text(TESTS + "\nimport nothing_of_that_name\n", "utf-8")
    with pytest.raises(LensError, match=r"test_sums\.py::test_true could not be run"):
        prove("test_true")


def test_without_tests_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "ROOT", tmp_path)
    claims._texts.cache_clear()
    claims._in_file.cache_clear()
    with pytest.raises(LensError, match="the tests are not here"):
        claim("test_true")
    claims._texts.cache_clear()
    claims._in_file.cache_clear()
