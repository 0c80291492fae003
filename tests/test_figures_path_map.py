"""The map of the path: it has every step, and marks those of a chapter."""

import pytest
from matplotlib.text import Text

from snippets.lens.errors import LensError
from snippets.lens.figures import Picture, path_map
from snippets.lens.figures.labels import short_names
from snippets.lens.path import CHAPTERS, PATH
from tests.pictures import texts


class TestPathMap:
    def bold(self, picture: Picture) -> list[str]:
        named = short_names((step.name for step in PATH), classes=True).values()
        found = [text for text in picture.figure.findobj(Text) if text.get_text() in named]
        return sorted(text.get_text() for text in found if "Bold" in text.get_fontproperties().get_file())

    def test_has_every_step(self):
        named = short_names((step.name for step in PATH), classes=True)
        said = texts(path_map())
        assert [said.count(name) for name in named.values()] == [1] * len(PATH)

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_marks_the_steps_of_a_chapter(self, chapter):
        named = short_names((step.name for step in PATH), classes=True)
        picture = path_map(chapter)
        marked = sorted(named[step.name] for step in PATH if step.is_of(chapter))
        assert self.bold(picture) == marked
        assert all(name in picture.alt for name in marked)
        assert "read in this chapter" in texts(picture)

    def test_marks_nothing_without_a_chapter(self):
        assert self.bold(path_map()) == []
        assert "read in this chapter" not in texts(path_map())

    def test_an_unknown_chapter_is_answered_with_the_list(self):
        with pytest.raises(LensError, match=f"'05'; the chapters are {', '.join(CHAPTERS)}"):
            path_map("05")
