"""Predictions: what is read of a file that is never run, and what is said of each value."""

import pytest

from snippets.practice.predict import judge_file, judge_values, same
from snippets.practice.shelf import Folder, exercise
from tests.bookshelf import RIGHT, only_these, write


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


def verdict(source):
    return judge_file(exercise("some_calls"), source)


def said(line):
    """What is said of a file whose only wrong line is this one, without the head and the foot."""
    name = line.partition(" ")[0]
    right = [each for each in RIGHT["some_calls"].splitlines() if not each.startswith(name)]
    lines = verdict("\n".join([*right, line])).lines
    assert lines[0] == "some_calls (How many): not yet. 3 of 4 predictions are right."
    assert lines[-1] == "Why: chapter 04, “The run” (notebooks/04_site_factory.ipynb#The-run)"
    return lines[2:-2]


def test_all_right_is_a_pass():
    assert verdict(RIGHT["some_calls"]).passed
    assert verdict(RIGHT["some_calls"]).lines == ["some_calls (How many): passed. All 4 predictions are right."]


def test_a_value_that_somebody_would_expect_is_told_what_it_counts():
    assert said("calls = 4") == [
        "calls = 4 is not what happens. Each letter counts.",
        "    4 would be right for this: the letters without the last",
    ]
    assert said("states = ['a']")[1] == "    ['a'] would be right for this: only the first"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("calls = 6", "calls = 6 is not what happens. Each letter counts."),
        ("calls = -5", "calls = -5 is not what happens. Each letter counts."),
        ("calls: int = 6", "calls = 6 is not what happens. Each letter counts."),
        ("kept = False", "kept = False is not what happens. Nobody asked to close."),
        ("states = ['a', 'b', 'c']", "states = ['a', 'b', 'c'] is not what happens. There are two."),
        ("calls = ...", "calls has no value yet: write one in the place of `...`."),
        ("calls", "calls has no value: there is no line `calls = ...` any more."),
        ("calls = 2 + 3", "calls: line 4 computes something. Nothing is run here: write the value itself."),
        ("calls = len('three')", "calls: line 4 computes something. Nothing is run here: write the value itself."),
        ("calls = five", "calls: `five` in line 4 is a name, and no value. Text and bytes stand in quotes."),
        ("calls = {[]: 1}", "calls: line 4 computes something. Nothing is run here: write the value itself."),
        ("calls = '5'", "calls = '5' is text (a str); it should be a number."),
        ("calls = True", "calls = True is a truth value (True or False); it should be a number."),
        ("kept = 1", "kept = 1 is a number; it should be a truth value (True or False)."),
        ("first = 'GET /'", "first = 'GET /' is text (a str); it should be bytes (as in b'...')."),
        ("first = None", "first = None is no value; it should be bytes (as in b'...')."),
        (
            "states = ['a', b'b']",
            "states = ['a', b'b'] is a list with bytes (as in b'...') in it; it should hold text (a str).",
        ),
        ("first = b'\\x1b[2J'", "first = b'\\x1b[2J' is not what happens. It begins with the verb."),
    ],
)
def test_each_other_value_has_its_sentence(line, told):
    assert said(line) == [told]


@pytest.mark.parametrize("right", [[], [1, "a"]])
def test_a_list_of_several_kinds_asks_for_none(right, monkeypatch):
    monkeypatch.setattr(Folder, "truth", lambda folder: {"states": right})
    verdict = judge_values(exercise("some_calls"), {"states": ["b", 2]})
    assert verdict.wrong == {"states": ["states = ['b', 2] is not what happens. There are two."]}


@pytest.mark.parametrize(
    "source",
    [
        RIGHT["some_calls"].replace("5", "5.0"),
        RIGHT["some_calls"].replace("[", "(").replace("]", ")"),
        "calls = 3\n" + RIGHT["some_calls"],
        "# noted\nimport nowhere\nraise SystemExit\n" + RIGHT["some_calls"],
    ],
)
def test_what_means_the_same_is_the_same(source):
    assert verdict(source).passed


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("calls = ", "SyntaxError: invalid syntax in line 1: calls ="),
        ("calls = 5\n  first = 3", "IndentationError: unexpected indent in line 2: first = 3"),
        ("calls = '\0'", "null bytes"),
        ("calls = " + "(" * 60_000, "too many nested parentheses"),
    ],
)
def test_what_is_no_python_is_told_with_its_line(source, problem):
    assert problem in verdict(source).lines[2]
    assert not verdict(source).passed


@pytest.mark.parametrize("deep", ["-" * 30_000 + "1", "1" + "+1" * 30_000, "not " * 15_000 + "1", "[" * 90 + "]" * 90])
def test_what_is_too_deep_to_be_a_value_is_refused(deep):
    assert not verdict(f"calls = {deep}").passed


def test_nothing_at_all_is_no_pass():
    assert [told for told in verdict("").lines if "no value" in told]
    assert not judge_values(exercise("some_calls"), {}).passed


def test_values_may_be_given_as_they_are():
    values = {"calls": 5, "first": b"GET /", "kept": True, "states": ("a", "b")}
    assert judge_values(exercise("some_calls"), values).passed


def test_the_file_is_never_run(tmp_path):
    left = tmp_path / "left"
    verdict(f"open({str(left)!r}, 'w')\n" + RIGHT["some_calls"])
    assert not left.exists()


def test_a_value_equal_to_everything_is_of_the_wrong_kind():
    class Same:
        __eq__ = lambda self, other: True  # noqa: E731
        __hash__ = None

    assert not judge_values(exercise("some_calls"), dict.fromkeys(["calls", "first", "kept", "states"], Same())).passed


@pytest.mark.parametrize(
    ("mine", "other", "are"),
    [
        (1, 1.0, True),
        (1, True, False),
        ([1, (2,)], (1, [2]), True),
        ([1, True], [1, 1], False),
        ({"a": [1]}, {"a": (1,)}, True),
        ({"a": 1}, {"b": 1}, False),
        (None, None, True),
        ({1}, {1}, True),
    ],
)
def test_two_values_are_the_same_in_kind_and_value(mine, other, are):
    assert same(mine, other) is are
