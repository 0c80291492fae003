"""Roles: what a sentence takes from a run, an RFC or a test is what stands there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.lens import citations
from snippets.lens.citations import Section, citation
from snippets.lens.errors import LensError
from snippets.lens.roles import any_values, contents, evaluated, replaced, shown, with_links, with_values, without

TEXT = "It took {eval}`len(data)` bytes and {eval}``f'`{1 + 1}`'`` turns ({rfc}`9112#7.1.1`)."


@pytest.fixture
def cited(monkeypatch):
    """Three cited sections, and no others."""
    entries = {key: Section("Title", "It says so.", "read", ["chunk"]) for key in ("9112#7.1.1", "9112#C.3", "7301")}
    monkeypatch.setattr(citations, "sections", lambda: entries)


def test_expressions_are_found_in_their_order_and_with_backticks_inside():
    assert contents(TEXT, "eval") == ["len(data)", "f'`{1 + 1}`'"]
    assert contents("`eval` and {other}`x` and {eval} `x`", "eval") == []


def test_roles_of_one_kind_are_taken_out_or_say_something_else():
    text = "Says {rfc}`9112#6` and {test}`test_x`, {rfc}`9112#6`."
    assert contents(text, "rfc") == ["9112#6", "9112#6"]
    assert without(text, "rfc") == "Says  and {test}`test_x`, ."
    assert replaced(text, "rfc", "9112#6", "9112#7") == text.replace("9112#6", "9112#7")
    assert replaced(text, "test", "9112#6", "9112#7") == text


def test_values_take_the_place_of_expressions_and_nothing_else_changes():
    assert with_values(TEXT, ["49", "`2`"]) == "It took 49 bytes and `2` turns ({rfc}`9112#7.1.1`)."


@given(st.lists(st.text(min_size=1, max_size=5).filter(lambda text: "`" not in text), min_size=2, max_size=2))
def test_any_values_match_and_another_text_does_not(values):
    written = with_values(TEXT, values)
    assert any_values(TEXT).fullmatch(written)
    assert not any_values(TEXT).fullmatch(written.replace("turns", "terms"))


@pytest.mark.parametrize(
    ("value", "said"),
    [(49, "49"), (1.5, "1.5"), ("16,384", "16,384"), (True, "`True`"), (None, "`None`"), (b"\r\n", r"`b'\r\n'`")],
    ids=repr,
)
def test_numbers_and_text_stand_as_they_are_and_the_rest_as_code(value, said):
    assert shown(value) == said


def test_an_expression_is_computed_where_it_is_told_to_be():
    scope = {"data": b"x" * 49}
    assert evaluated("{eval}`len(data)` bytes", scope, "a.md") == "49 bytes"
    assert list(scope) == ["data"]
    with pytest.raises(LensError, match=r"a\.md: \{eval\}`nobody` raised NameError"):
        evaluated("{eval}`nobody`", scope, "a.md")


@pytest.mark.parametrize(
    ("key", "link"),
    [
        ("9112#7.1.1", "[RFC 9112, section 7.1.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1)"),
        ("9112#C.3", "[RFC 9112, appendix C.3](https://www.rfc-editor.org/rfc/rfc9112#appendix-C.3)"),
        ("7301", "[RFC 7301](https://www.rfc-editor.org/rfc/rfc7301)"),
    ],
)
def test_a_citation_is_a_link_whose_text_and_address_agree(cited, key, link):
    assert citation(key) == link
    assert with_links(f"so says {{rfc}}`{key}`.") == f"so says {link}."


def test_a_section_that_is_not_there_is_refused_with_the_nearest(cited):
    with pytest.raises(LensError, match=r"9112#7\.1\.3 is not in citations\.toml: did you mean 9112#7\.1\.1"):
        with_links("{rfc}`9112#7.1.3`")
    with pytest.raises(LensError, match="checked against the RFC's own text"):
        citation("1")


@pytest.mark.parametrize("text", ["", "[", "['1']\ntitle = 'x'", "x = 1"], ids=repr)
def test_a_file_of_citations_that_is_none(tmp_path, monkeypatch, text):
    monkeypatch.setattr(citations, "FILE", tmp_path / "citations.toml")
    if text:
        (tmp_path / "citations.toml").write_text(text, "utf-8")
    with pytest.raises(LensError, match=r"citations\.toml can't be read"):
        citations.sections.__wrapped__()


def test_a_test_is_linked_to_its_line_with_what_it_claims():
    """A role writes the name of a test, the place where it stands, and its docstring."""
    name = "test_a_test_is_linked_to_its_line_with_what_it_claims"
    line = test_a_test_is_linked_to_its_line_with_what_it_claims.__code__.co_firstlineno
    claim = "*A role writes the name of a test, the place where it stands, and its docstring*"
    assert with_links(f"{{test}}`{name}`.") == f"[`{name}`](../tests/test_roles.py#L{line}): {claim}."
