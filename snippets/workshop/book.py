"""Builds notebooks/ from chapters/, executes them, and says which are stale."""

import difflib
from base64 import b64decode
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode

from snippets import catalogue
from snippets.cells import written
from snippets.lens.figures.png import pixels
from snippets.lens.roles import any_values
from snippets.workshop import notebook as saved
from snippets.workshop.assembly import assemble, first_line, load
from snippets.workshop.kernels import Shown, execute
from snippets.workshop.links import dead_links
from snippets.workshop.prose import chapter_text
from snippets.workshop.sentences import wrong_roles, wrong_sentences
from snippets.workshop.shape import misshapen
from snippets.workshop.surprises import SURPRISES, wrong_lines

# A cell with this tag measures: its output differs from run to run, and is only required to be there.
VOLATILE = "volatile"


def build(slug: str, progress: Shown | None = None) -> bool:
    """Write the notebook of a chapter; return whether the file changed.

    Outputs that say the same as the saved ones are left as saved: a rebuild of an unchanged chapter changes no byte.
    """
    before = load(slug)
    fresh = execute(assemble(slug), slug, progress)
    if before:
        _keep_unchanged(before, fresh)
    path = saved.notebook_path(slug)
    text = written(fresh)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    saved.write(path, text.encode("utf-8"))
    return True


def _keep_unchanged(before: NotebookNode, fresh: NotebookNode) -> None:
    old = {cell.id: cell for cell in before.cells if cell.cell_type == "code"}
    for cell in fresh.cells:
        if (kept := old.get(cell.get("id"))) and kept.outputs and not difference(kept, cell):
            cell.outputs = kept.outputs
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = cell.execution_count


def stale_text(slug: str, built: NotebookNode, assembled: NotebookNode) -> list[str]:
    """A complaint if a notebook is not made from the chapter's text as it is now, whatever values it computed."""
    now, then = assembled.cells, {cell.id: cell for cell in built.cells}
    lost = (cell for cell in now if not _is_built(cell, then.get(cell.id)))
    gone = (cell for cell in built.cells if cell.id not in {cell.id for cell in now})
    changed = next(lost, None) or next(gone, None)
    if changed is None and [cell.id for cell in now] == [cell.id for cell in built.cells]:
        return []
    first = f", first at {first_line(changed)!r}" if changed else ": its cells stand in another order"
    return [f"{slug}: the text has changed since the notebook was built{first}"]


def _is_built(cell: NotebookNode, built: NotebookNode | None) -> bool:
    return (
        built is not None
        and built.cell_type == cell.cell_type
        and built.metadata == cell.metadata
        and any_values(cell.source).fullmatch(built.source) is not None
    )


def stale_outputs(slug: str, built: NotebookNode, fresh: Iterable[NotebookNode]) -> list[str]:
    """Complaints for each output and each computed value that, now that all has been run again, is another."""
    old = {cell.id: cell for cell in built.cells}
    complaints = []
    for cell in fresh:
        if cell.id not in old:
            continue
        if cell.cell_type == "code" and (changed := difference(old[cell.id], cell)):
            complaints.append(f"{slug}: the output of the cell {first_line(cell)!r} has changed: {changed}")
        elif cell.source != old[cell.id].source:
            changed = _first_difference("text", old[cell.id].source, cell.source)
            complaints.append(f"{slug}: a computed value has changed: {changed}")
    return complaints


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def difference(before: NotebookNode, fresh: NotebookNode) -> str:
    """What differs between the outputs of a cell as saved and as run now; "" if nothing that counts."""
    if VOLATILE in _tags(fresh):
        return "" if bool(before.outputs) == bool(fresh.outputs) else "it has an output only in one of the two"
    then, now = [_plain(output) for output in before.outputs], [_plain(output) for output in fresh.outputs]
    for old, new in zip(then, now, strict=False):
        for kind in sorted(old.keys() | new.keys()):
            if not _same(kind, old.get(kind), new.get(kind)):
                return _first_difference(kind, old.get(kind), new.get(kind))
    return "" if len(then) == len(now) else f"there were {len(then)} outputs and now there are {len(now)}"


def _plain(output: NotebookNode) -> dict[str, Any]:
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    return dict(output.data)


def _same(kind: str, old: Any, new: Any) -> bool:
    if old == new or old is None or new is None:
        return old == new
    return kind == "image/png" and pixels(b64decode(old)) == pixels(b64decode(new))


def _first_difference(kind: str, old: Any, new: Any) -> str:
    if kind == "image/png" or not isinstance(old, str) or not isinstance(new, str):
        return f"the {kind} is not the saved one"
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return f"{kind}: {' '.join(changed[:4])[:300]}"


def check(slug: str, progress: Shown | None = None) -> list[str]:
    """All that is wrong with a chapter: its text, notes, links, outputs and sentences; runs the whole chapter."""
    if wrong := wrong_roles(chapter_text(slug).lines):
        return wrong  # no notebook can be made of it
    assembled = assemble(slug)
    fresh = execute(deepcopy(assembled), slug, progress)
    said = [*dead_links(slug, assembled), *_said(slug, fresh)]
    built = load(slug)
    if built is None:
        return [saved.unbuilt(slug), *said]
    return [
        *stale_text(slug, built, assembled),
        *saved.stale_notes(slug),
        *stale_outputs(slug, built, fresh.cells),
        *said,
    ]


def _said(slug: str, fresh: NotebookNode) -> list[str]:
    """What is wrong with the sentences of a text, with the shape of a chapter, with the lines of the surprises."""
    shape = misshapen(slug, fresh) if slug in catalogue.slugs() else wrong_lines() if slug == SURPRISES else []
    return [*wrong_sentences(slug, fresh), *shape]
