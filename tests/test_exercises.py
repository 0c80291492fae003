"""What holds for every exercise: its starter fails with a message, its solution passes, its wrong answers are known."""

import ast
import re
import symtable
import sys
from collections import Counter
from random import Random

import pytest

from snippets import catalogue
from snippets.practice.judge import judge
from snippets.practice.offered import cell
from snippets.practice.predict import judge_file, judge_values, same
from snippets.practice.process import Process
from snippets.practice.shelf import FOLDER, shelf

SEEDS = range(1, 21)
TOGETHER = 100  # conversations that are held in one go: a reply has a limit
TALKED = [slug for slug, folder in shelf().items() if not folder.predicts]
FORESEEN = [slug for slug, folder in shelf().items() if folder.predicts]


@pytest.fixture(scope="module")
def process():
    with Process() as process:
        yield process


@pytest.fixture(scope="module")
def played(process):
    """What a file of an exercise does: for each seed a list of talks; played once, however many tests ask."""
    kept = {}

    def play(folder, name, own=True):
        if (folder.slug, name, own) not in kept:
            source = (folder.path / f"{name}.py").read_text("utf-8")
            kept[folder.slug, name, own] = by_seed(process, folder, source, name, own)
        return kept[folder.slug, name, own]

    return play


def by_seed(process, folder, source, name, own):
    """What it does for each seed. Most conversations are the same for all: each that is another is held once."""
    drawn = [folder.talks(seed) for seed in SEEDS]
    distinct = list({repr(talk.steps): talk for talks in drawn for talk in talks}.items())
    told = {}
    for start in range(0, len(distinct), TOGETHER):
        part = dict(distinct[start : start + TOGETHER])
        played = process.play(folder.head, source, f"{name}.py", part.values(), own)
        assert "talks" in played, played
        told |= dict(zip(part, played["talks"], strict=True))
    return [[told[repr(talk.steps)] for talk in talks] for talks in drawn]


@pytest.mark.parametrize("slug", shelf())
class TestEveryExercise:
    def test_stands_at_the_end_of_a_chapter_that_has_the_section_that_shows_why(self, slug):
        folder = shelf()[slug]
        assert folder.head.chapter in catalogue.slugs()
        sections = {folder.head.section} | {talk.section for talk in conversations(folder) if talk.section}
        for section in sections:
            chapter, heading = folder.head.chapter, section
            if of_another := re.match(r"(\d\d) · (.+)", section):
                chapter, heading = catalogue.chapter(of_another[1]), of_another[2]
            text = (catalogue.CHAPTERS / f"{chapter}.md").read_text("utf-8")
            assert re.search(rf"(?m)^#+ {re.escape(heading)}$", text), f"{chapter} has no heading {heading!r}"

    def test_has_a_task_that_is_read_at_a_glance(self, slug):
        folder = shelf()[slug]
        assert 1 <= len(folder.task.splitlines()) <= 15
        assert all(len(line) <= 120 for line in folder.starter.splitlines())
        assert len(folder.starter.splitlines()) <= 80
        assert folder.head.name in folder.starter
        assert 1 <= folder.head.minutes <= 60

    def test_has_hints_each_more_than_the_one_before(self, slug):
        folder = shelf()[slug]
        assert (folder.path / "hints.md").read_text("utf-8").startswith("# ")
        assert len(folder.hints) >= 2
        assert all(len(hint) > 20 for hint in folder.hints)
        assert len(set(folder.hints)) == len(folder.hints)

    def test_hides_no_module(self, slug):
        """A learner's file has its name, and the learner may stand beside it."""
        assert slug not in sys.stdlib_module_names

    def test_is_conversations_and_nothing_else(self, slug):
        text = (FOLDER / slug / "check.py").read_text("utf-8")
        assert len(text.splitlines()) <= (80 if shelf()[slug].predicts else 44)
        assert not any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(ast.parse(text)))
        files = {path.name for path in (FOLDER / slug).iterdir() if path.is_file()}
        needed = {"check.py", "starter.py", "hints.md"}
        assert needed <= files
        more = {name for name in files - needed if not name.startswith("wrong_")}
        assert more == (set() if shelf()[slug].predicts else {"solution.py"})


@pytest.mark.parametrize("slug", TALKED)
class TestCode:
    def test_the_starter_fails_with_a_message(self, slug, process):
        folder = shelf()[slug]
        verdict = judge(folder, folder.starter, process, seed=1)
        assert not verdict.passed
        assert len(verdict.lines) > 2
        assert "Traceback" not in str(verdict)

    def test_the_solution_passes_whatever_is_drawn(self, slug, process, played):
        folder = shelf()[slug]
        assert ast.get_docstring(ast.parse(folder.solution))
        assert judge(folder, folder.solution, process).passed
        told = played(folder, "solution")
        assert told == played(folder, "solution", own=False), "it does the same in every process"
        for seed, talks in zip(SEEDS, told, strict=True):
            for talk, answer in zip(folder.talks(seed), talks, strict=True):
                assert len(answer["outcomes"]) == len(talk.steps), f"no answer to {talk}: {answer['errors']}"

    def test_each_wrong_answer_fails_with_its_own_message(self, slug, process, played):
        folder = shelf()[slug]
        wrongs = folder.wrongs
        assert len(wrongs) >= 3
        said = [wrong.says for wrong in wrongs]
        assert all(len(says) > 20 for says in said)
        assert len(set(said)) == len(said)
        right = played(folder, "solution")
        for wrong in wrongs:
            for at, seed in enumerate(SEEDS):
                first = differs(played(folder, wrong.name)[at], right[at])
                assert first is not None, f"{wrong.name} passes with seed {seed}"
                alike = [each.name for each in wrongs if like(played, folder, wrong, each, at, first)]
                assert alike == [wrong.name], f"seed {seed}: {folder.talks(seed)[first].teaches}"

    def test_a_wrong_answer_is_told_as_it_was_foreseen(self, slug, process):
        """The last of them, which is compared with all: how each behaves, the test above has seen."""
        folder = shelf()[slug]
        wrong = folder.wrongs[-1]
        verdict = judge(folder, wrong.source, process)
        assert not verdict.passed
        assert wrong.says.replace("\n", " ") in verdict.lines

    def test_the_same_seed_draws_the_same(self, slug):
        folder = shelf()[slug]
        assert folder.talks(3) == folder.talks(3)
        assert [talk for talk in folder.talks(3) if not talk.teaches or not talk.steps] == []


def conversations(folder):
    """The conversations of an exercise that has any."""
    return [] if folder.predicts else list(folder.check.talks(Random(1)))


def differs(talks, right):
    """The number of the first conversation in which a file does otherwise than the solution."""
    pairs = enumerate(zip(talks, right, strict=True))
    return next((at for at, (mine, other) in pairs if mine["outcomes"] != other["outcomes"]), None)


def like(played, folder, wrong, other, at, first):
    """Do two wrong answers behave alike up to a conversation?"""
    mine, its = (played(folder, each.name)[at][: first + 1] for each in (wrong, other))
    same = all(one["outcomes"] == another["outcomes"] for one, another in zip(mine, its, strict=True))
    return same and types(mine[-1]) == types(its[-1])


def types(talk):
    return [error["type"] for error in talk["errors"]]


@pytest.mark.parametrize("slug", FORESEEN)
class TestPredictions:
    def test_the_starter_names_what_is_to_be_foreseen_and_gives_no_value(self, slug):
        folder = shelf()[slug]
        verdict = judge_file(folder, folder.starter)
        assert not verdict.passed
        assert list(verdict.wrong) == list(folder.truth())
        assert all("no value yet" in " ".join(told) for told in verdict.wrong.values())

    def test_the_run_gives_literals_the_same_each_time(self, slug):
        folder = shelf()[slug]
        truth = folder.truth()
        assert ast.literal_eval(repr(truth)) == truth
        assert folder.check.truth() == truth
        assert judge_values(folder, truth).passed
        assert judge_file(folder, "\n".join(f"{name} = {value!r}" for name, value in truth.items())).passed

    def test_each_name_has_its_sentence_and_a_likely_mistake(self, slug):
        folder = shelf()[slug]
        truth = folder.truth()
        assert folder.check.SAYS.keys() == folder.check.LIKELY.keys() == truth.keys()
        for name, likely in folder.check.LIKELY.items():
            assert likely
            for value, counted in likely.items():
                assert not same(value, truth[name])
                verdict = judge_values(folder, truth | {name: value})
                assert list(verdict.wrong) == [name]
                assert counted in str(verdict)

    def test_no_message_and_no_hint_tells_the_value(self, slug):
        folder = shelf()[slug]
        for name, value in folder.truth().items():
            if len(shown := repr(value)) > 6:
                told = " ".join([folder.check.SAYS[name], *folder.check.LIKELY[name].values(), *folder.hints])
                assert shown not in told, name


def test_every_chapter_from_01_on_ends_with_two_or_three_of_32_exercises():
    chapters = [slug for slug in catalogue.slugs() if not slug.startswith("00")]
    counts = Counter(folder.head.chapter for folder in shelf().values())
    assert sorted(counts) == chapters
    assert set(counts.values()) <= {2, 3}
    assert counts.total() == 32
    assert {folder.head.kind for folder in shelf().values()} == {"predict", "repair", "build"}


@pytest.mark.parametrize("slug", shelf())
def test_is_offered_as_its_starter_and_a_check_of_what_that_defines(slug):
    folder = shelf()[slug]
    *starter, asked = ast.parse(cell(folder)).body
    assert ast.unparse(starter) == ast.unparse(ast.parse(folder.starter).body)
    first, *given = [*asked.value.args, *(keyword.value for keyword in asked.value.keywords)]
    assert first.value == slug
    assert [name.id for name in given] == (list(folder.truth()) if folder.predicts else [folder.head.name])
    assert {name.id for name in given} <= set(symtable.symtable(folder.starter, slug, "exec").get_identifiers())


@pytest.mark.parametrize("chapter", sorted({folder.head.chapter for folder in shelf().values()}))
def test_a_chapter_offers_its_exercises_and_checks_one_in_a_cell(chapter):
    text = (catalogue.CHAPTERS / f"{chapter}.md").read_text("utf-8")
    assert f'exercises("{chapter[:2]}")' in text
    (checked,) = re.findall(r'^check\("(\w+)"', text, re.MULTILINE)
    assert shelf()[checked].head.chapter == chapter
