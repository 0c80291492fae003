"""What holds for each chapter and each page of the book: built, checked, nothing of Twisted in it."""

import copy
import re

import pytest

from snippets import catalogue
from snippets.lens.listing import STORED
from snippets.lens.notes import store
from snippets.lens.source import find
from snippets.workshop import assembly, book, kernels, links, surprises
from snippets.workshop import notebook as saved


@pytest.fixture
def again(pytestconfig):
    """Are cells run again? Whether they can be, no interpreter changes: it is left out with the tests marked once."""
    return pytestconfig.option.markexpr != "not once"


@pytest.mark.parametrize("slug", catalogue.texts())
class TestEveryText:
    """What holds for each chapter and each page of the book."""

    def test_is_as_built_and_every_cell_can_be_run_twice_in_a_kernel_that_ran_the_chapter(self, slug, again):
        """One execution decides both: each cell twice, then all once more, and each time the saved output."""
        built = book.load(slug)
        assert built, f"build it: python -m snippets book build {slug[:2]}"
        assembled = assembly.assemble(slug)
        notebook = copy.deepcopy(assembled)
        once = [cell for cell in notebook.cells if cell.cell_type == "code"]
        cells = [*(cell for cell in once for _ in range(2)), *once] if again else once
        notebook.cells = [copy.deepcopy(cell) for cell in cells]
        kernels.execute(notebook, slug)
        assert book.stale_outputs(slug, built, notebook.cells) == []
        assert [
            *book.stale_text(slug, built, assembled),
            *saved.stale_notes(slug),
            *links.dead_links(slug, assembled),
        ] == []

    def test_saves_no_line_of_twisted(self, slug):
        text = saved.notebook_path(slug).read_text("utf-8")
        assert STORED not in text
        # An override in a snippet has the signature of what it overrides, and a page may print the snippet.
        ours = {
            line.strip() for snippet in catalogue.snippets() for line in snippet.file.read_text("utf-8").splitlines()
        }
        # The page of surprises says which single lines to show, as the notes say on which they stand.
        chosen = [line for functions in surprises.lines().values() for lines in functions.values() for line in lines]
        quoted = {re.sub(r" #[1-9]$", "", line) for line in chosen}
        for name in store():
            for line in map(str.strip, find(name).lines.values()):
                own = (line in ours and line.startswith("def ")) or line in quoted
                assert own or len(line) < 40 or line.replace('"', '\\"') not in text, line
