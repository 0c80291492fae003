"""What a chapter offers at its end."""

import pytest

from snippets.lens.errors import LensError
from snippets.practice.offered import exercises


def test_each_exercise_is_named_with_its_task_and_how_to_begin():
    offer = exercises("01")
    text = str(offer)
    assert text.startswith("turns (predict, 5 minutes): ")
    assert "blocking_handler (repair, 15 minutes): " in text
    assert text.endswith("`python -m snippets exercises check turns`.")
    html = offer._repr_mimebundle_()["text/html"]
    assert html.count("<details>") == html.count("</pre></details>") == 2
    assert "b&quot;one&quot;" in html, "what a task says is escaped"
    assert "<code>python -m snippets exercises check turns</code>." in html
    assert "check(&quot;blocking_handler&quot;, " in html, "each is a cell that checks itself"


def test_a_chapter_without_exercises_is_named():
    with pytest.raises(LensError, match="chapter 00 has no exercises"):
        exercises("00")
