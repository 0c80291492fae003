"""What the plans of the teaching page add up: the minutes of chapters, of sections, of exercises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.practice.shelf import shelf
from snippets.workshop.contents import table
from snippets.workshop.plans import practice, reading, timetable

CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# 01 · One

## First

{first}

### Below it

{below}

```{{code-cell}} ipython3
# ## Second
{code}
```

## Second

{second}

+++ {{"jp-MarkdownHeadingCollapsed": true}}

## Further: more

{more}
"""


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A chapter whose sections take 1, 2 + 4, 8 and 16 minutes."""
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path)
    words = {"first": 200, "below": 400, "second": 1600, "more": 3200}
    text = {name: "word " * (count - 4) for name, count in words.items()}
    (tmp_path / "01_one.md").write_text(CHAPTER.format(**text, code="x = 1\n" * 59), "utf-8")


def test_a_section_has_those_below_it_and_its_cells(chapter):
    assert reading("01", "First") == 1 + 2 + 4
    assert reading("01", "Below it") == 2 + 4
    assert reading("01", "Second") == 8
    assert reading("01", "Further: more") == 16
    assert reading("01", "First", "Second") == 15


def test_a_core_is_what_is_not_folded(chapter):
    assert reading("01") == 15


@pytest.mark.parametrize("heading", ["Third", "# Second", "Below", ""])
def test_a_section_that_is_not_there_is_an_error(chapter, heading):
    with pytest.raises(LensError, match="chapter 01 has no section"):
        reading("01", heading)


def test_the_minutes_are_those_of_the_contents_and_of_the_exercises():
    rows = [row.split(" | ") for row in table().splitlines()[2:]]
    for slug, row in zip(catalogue.slugs()[:2], rows, strict=False):
        assert row[2].startswith(f"{reading(slug[:2])} + ")
    assert practice("framed_echo", "turns") == shelf()["framed_echo"].head.minutes + shelf()["turns"].head.minutes


ROWS = st.lists(st.tuples(st.text("ab ", max_size=9), st.integers(0, 200)), max_size=9)


@given(ROWS)
def test_each_row_begins_where_the_one_before_it_ends(rows):
    begins, told = [], timetable(rows).splitlines()
    for line in told:
        hours, minutes = line.split()[0].split(":")
        begins.append(60 * int(hours) + int(minutes))
    assert [int(line.split()[1]) for line in told[:-1]] == [takes for _, takes in rows]
    assert begins == [sum(takes for _, takes in rows[:at]) for at in range(len(rows) + 1)]
