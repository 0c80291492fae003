"""The page for teaching: its plans add up, and name what there is; its mistakes are those of the exercises."""

import ast
import re

import pytest

from snippets import catalogue
from snippets.practice.shelf import shelf
from snippets.workshop.assembly import load
from snippets.workshop.shape import words

MOST_WORDS = 1800
TEXT = (catalogue.CHAPTERS / "teaching.md").read_text("utf-8")
MISTAKE = re.compile(r"^\| `(\w+): (\w+)` \| (.+?) \| \[chapter (\d\d), .+?\]\((\w+)\.md#\S+?\)", re.MULTILINE)


def cell(name):
    """The code cell that gives a value to a name: its source, and what it printed."""
    (found,) = (each for each in load("teaching").cells if re.search(rf"^{name} = ", each.source, re.MULTILINE))
    return found.source, "".join(output.text for output in found.outputs)


def test_it_is_not_long():
    assert words(load("teaching").cells) <= MOST_WORDS


def test_the_class_of_ninety_minutes_is_one_and_leaves_time_for_questions():
    *rows, end = cell("ONE_CLASS")[1].splitlines()
    assert re.fullmatch(r"1:30 +end", end)
    assert 5 <= int(rows[-1].split()[1]) <= 15
    assert "what they ask" in rows[-1]


def test_the_six_weeks_have_each_core_and_each_exercise_once():
    source, printed = cell("WEEKS")
    (value,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and "WEEKS" in ast.dump(node.targets[0])
    )
    weeks = ast.literal_eval(value)
    assert len(weeks) == 6
    assert [core for cores, _, _ in weeks for core in cores] == [slug[:2] for slug in catalogue.slugs()]
    exercises = [slug for _, _, given in weeks for slug in given]
    assert sorted(exercises) == sorted(shelf())
    read_by = {slug: at for at, (_, _, given) in enumerate(weeks) for slug in given}
    for at, (cores, _, _) in enumerate(weeks):
        for slug, folder in shelf().items():
            if folder.head.chapter[:2] in cores and slug != "mini_channel":
                assert read_by[slug] == at, slug
    for number in range(1, 7):
        read, practised = map(
            int, re.search(rf"^week {number}: .*; (\d+) min to read, (\d+) min", printed, re.M).groups()
        )
        assert 45 <= read + practised <= 200, f"week {number} is no week like the others"


MISTAKES = MISTAKE.findall(TEXT)


def test_ten_mistakes_are_explained():
    assert len(MISTAKES) == len({row[:2] for row in MISTAKES}) == 10


@pytest.mark.parametrize(("slug", "name", "picture", "number", "chapter"), MISTAKES)
def test_a_mistake_is_one_that_its_exercise_foresees_and_its_chapter_answers(slug, name, picture, number, chapter):
    folder = shelf()[slug]
    foreseen = (
        folder.check.LIKELY if folder.predicts else [wrong.name.removeprefix("wrong_") for wrong in folder.wrongs]
    )
    assert name in foreseen
    assert folder.head.chapter == chapter
    assert chapter.startswith(number)
    assert picture.endswith(".")


def test_the_exercises_that_it_names_in_a_plan_are_there():
    plan = TEXT.partition("## One class of 90 minutes")[2].partition("## Mistakes to expect")[0]
    named = set(re.findall(r"`(\w+_\w+)`", plan))
    assert {"request_line", "leaf_with_children", "mini_channel", "chunk_decoder"} == named <= shelf().keys()
