"""The shape of a chapter: a core that can be read in 25 minutes, and further sections that are folded."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from snippets.lens.names import locate
from snippets.lens.notes import store

MOST_WORDS = 1600
MOST_LISTINGS = 12
FOLDED = "jp-MarkdownHeadingCollapsed"  # the metadata by which JupyterLab folds what stands below a heading
RANKS = ("Can cost a visitor their page", "Needs a hostile client", "Curiosity")
_FURTHER = "## Further: "


@dataclass(frozen=True)
class Listed:
    """A call of `listing` in a cell: the function, and whether it shows all of it, with the notes, or chosen lines."""

    function: str
    whole: bool
    read: str
    some: bool = False


def parts(notebook: NotebookNode) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """The cells of the core, and those of the further sections."""
    cells = notebook.cells
    first = next((at for at, cell in enumerate(cells) if cell.source.startswith(_FURTHER)), len(cells))
    return cells[:first], cells[first:]


def words(cells: list[NotebookNode]) -> int:
    """How many words of prose there are: code blocks, tags and addresses are none."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    return len(re.findall(r"[\w']+(?:[.\-/_][\w']+)*", text))


def listings(cells: list[NotebookNode]) -> list[Listed]:
    """The listings that the cells show, in their order."""
    return [listed for cell in cells if cell.cell_type == "code" for listed in in_cell(cell.source)]


def in_cell(source: str) -> Iterator[Listed]:
    """The listings that a cell shows, in no order."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return  # a line that only IPython understands
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "listing" and node.args:
            options = {keyword.arg: keyword.value for keyword in node.keywords}
            name, read = node.args[0], options.get("read")
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                chapter = read.value if isinstance(read, ast.Constant) else ""
                whole = not options.keys() & {"than", "read", "only"}
                yield Listed(locate(name.value).name, whole, str(chapter), "only" in options)


def minutes(cells: list[NotebookNode]) -> int:
    """How long cells take to read: 200 words of prose or 15 lines of code a minute, 30 s a listing, 15 s a note."""
    shown = listings(cells)
    noted = (store().get(listed.function) for listed in shown if listed.whole)
    notes = sum(len(annotation.notes) for annotation in noted if annotation)
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    lines = sum(bool(line.strip()) for line in code.splitlines())
    return round(words(cells) / 200 + lines / 15 + len(shown) / 2 + notes / 4)


def measured(notebook: NotebookNode) -> str:
    """The size of a chapter, in a line."""
    core, further = parts(notebook)
    return (
        f"core {words(core)} words (at most {MOST_WORDS}), {len(listings(core))} listings (at most {MOST_LISTINGS}), "
        f"{minutes(core)} min; "
        f"further {words(further)} words, {len(listings(further))} listings"
    )


def misshapen(slug: str, notebook: NotebookNode) -> list[str]:
    """A complaint for each thing that a chapter must have and has not, or has too much of."""
    core, further = parts(notebook)
    said = [f"{slug}: {complaint}" for complaint in _core(core)]
    for cell in notebook.cells:
        folded = bool(cell.metadata.get(FOLDED))
        if folded != cell.source.startswith(_FURTHER):
            head = cell.source.partition("\n")[0]
            said.append(
                f'{slug}: {head!r}: what is folded begins with `{_FURTHER}...`, after `+++ {{"{FOLDED}": true}}`'
            )
    if any(cell.source.startswith(("# ", "## ")) and not cell.source.startswith(_FURTHER) for cell in further):
        said.append(f"{slug}: the core goes on behind a further section: put all further sections last")
    return said


def _core(core: list[NotebookNode]) -> Iterator[str]:
    text = "\n".join(cell.source for cell in core)
    if (count := words(core)) > MOST_WORDS:
        yield f"the core has {count} words, more than {MOST_WORDS}: move what it doesn't need into a further section"
    if (count := len(listings(core))) > MOST_LISTINGS:
        yield f"the core has {count} listings, more than {MOST_LISTINGS}: move those it doesn't need"
    if (count := text.count("**Your turn.**")) < 2:
        yield f"the core says `**Your turn.**` {count} times: let the reader change something at least twice"
    if "program(" not in text:
        yield 'the core shows no program whole: `program("NAME")`, from snippets.shown'
    if (count := text.count("<details>")) < 3:
        yield f"the core has {count} questions with folded answers: it has three"
    if not any(f"***{rank}.***" in text for rank in RANKS[:2]):
        yield f"the core has no surprise with a rank: `***{RANKS[0]}.***` or `***{RANKS[1]}.***`"


def repeated(notebooks: dict[str, NotebookNode]) -> list[str]:
    """A complaint for each function that the book lists whole more than once, or says is read where it isn't."""
    whole: dict[str, str] = {}
    said = []
    for slug, notebook in notebooks.items():
        for listed in listings(notebook.cells):
            if listed.whole and listed.function in whole:
                first = whole[listed.function]
                said.append(f'{slug}: {listed.function} is listed whole in {first} already: say read="{first[:2]}"')
            elif listed.whole:
                whole[listed.function] = slug
    for slug, notebook in notebooks.items():
        for listed in listings(notebook.cells):
            if listed.read and not whole.get(listed.function, "").startswith(listed.read):
                said.append(f"{slug}: {listed.function} is not listed whole in chapter {listed.read}")
            if not listed.whole and not listed.some and listed.function not in whole:
                said.append(f"{slug}: {listed.function} is compared or said to be read, and no chapter lists it whole")
    return said
