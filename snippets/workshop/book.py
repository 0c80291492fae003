"""Builds notebooks/ from chapters/, executes them, and says which are stale."""

import difflib
import hashlib
import io
import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jupytext
import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from PIL import Image

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.figures import Picture, sequence
from snippets.lens.listing import STORED
from snippets.lens.path import PATH
from snippets.lens.roles import any_values, expressions, with_links, with_values
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.workshop import notebook as saved
from snippets.workshop.prose import chapter_text
from snippets.workshop.scenarios.demo_site import DemoSite
from snippets.workshop.sentences import wrong_roles, wrong_sentences
from snippets.workshop.shape import misshapen

COVER = catalogue.CHAPTERS / "figures" / "one_get.png"

# A cell with this tag measures: its output differs from run to run, and is only required to be there.
VOLATILE = "volatile"

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Progress = Callable[[int, int], None]


def assemble(slug: str) -> NotebookNode:
    """The notebook of a chapter from its text, not yet executed: same text, same notebook, to the byte.

    Raises:
        LensError: the text is none, or no MyST notebook.
    """
    path = catalogue.CHAPTERS / f"{slug}.md"
    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    except Exception as error:
        raise LensError(f"{path} is not a chapter: {_in_a_line(error)}") from error
    if not notebook.cells:
        raise LensError(f"{path} is empty: write the chapter, or take the file away")
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        content = f"{cell.cell_type}\n{cell.source}"
        cell.id = hashlib.sha256(f"{content}\n{seen[content]}".encode()).hexdigest()[:12]
        seen[content] += 1
        if cell.cell_type == "markdown":
            cell.source = with_links(re.sub(r"\]\((\d\d_\w+)\.md", r"](\1.ipynb", cell.source))
    notebook.metadata = NotebookNode(_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def execute(notebook: NotebookNode, name: str, progress: Progress | None = None) -> NotebookNode:
    """Run all cells of a notebook in a fresh kernel, in place, and normalise the outputs.

    Raises:
        LensError: a cell raised, or the kernel can't go on; the message names the cell.
    """
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",  # nothing of it is to be kept, and it is to say nothing more
        extra_arguments=["--log-level=ERROR"],  # of the kernel, which else warns of the loopback connection it is on
        resources={"metadata": {"path": str(saved.NOTEBOOKS)}},
    )
    at = notebook.cells[0]
    try:
        saved.NOTEBOOKS.mkdir(exist_ok=True)
        client.reset_execution_trackers()
        with client.setup_kernel():
            for number, at in enumerate(notebook.cells):
                _execute_cell(client, at, number)
                if progress:
                    progress(number + 1, len(notebook.cells))
    except CellExecutionError as error:
        raise LensError(f"{name}: the cell {_first_line(at)!r} raised {error.ename}: {error.evalue}") from error
    except (DeadKernelError, CellTimeoutError) as error:
        raise LensError(f"{name}: the kernel stopped at the cell {_first_line(at)!r}: {_in_a_line(error)}") from error
    except AssertionError as error:
        # After Ctrl-C the client stops the kernel, and trips over its being gone.
        raise KeyboardInterrupt from error
    except (NoSuchKernel, OSError) as error:
        raise LensError(f"{name}: no notebook can be executed here: {_in_a_line(error)}") from error
    return normalise(notebook)


def _execute_cell(client: NotebookClient, cell: NotebookNode, number: int) -> None:
    """Run a cell; of a text, compute what its `eval` roles ask for, in the namespace as the cells above it leave it."""
    if cell.cell_type == "code":
        client.execute_cell(cell, number, execution_count=client.code_cells_executed + 1)
    elif wanted := expressions(cell.source):
        shown = "__import__('snippets.lens.roles', fromlist=['shown']).shown"
        each = ", ".join(f"{shown}({expression})" for expression in wanted)
        asked = nbformat.v4.new_code_cell(f"print(__import__('json').dumps([{each}]))")
        client.execute_cell(asked, number, store_history=False)
        client.nb.cells[number] = cell  # where the client has put what it executed
        cell.source = with_values(cell.source, json.loads(asked.outputs[0].text))


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Leave in the outputs only what is the same on every run, and nothing of Twisted's source."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if STORED in data:
                output.data = NotebookNode(data[STORED])
    notebook.metadata = nbformat.from_dict(_METADATA | {saved.NOTES: saved.digests(notebook)})
    return notebook


def _first_line(cell: NotebookNode) -> str:
    return cell.source.partition("\n")[0]


def _in_a_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def build(slug: str, progress: Progress | None = None) -> bool:
    """Write the notebook of a chapter; return whether the file changed.

    Outputs that say the same as the saved ones are left as saved: a rebuild of an unchanged chapter changes no byte.
    """
    before = load(slug)
    fresh = execute(assemble(slug), slug, progress)
    if before:
        _keep_unchanged(before, fresh)
    path = saved.notebook_path(slug)
    text = nbformat.writes(fresh, indent=1, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    saved.write(path, text.encode("utf-8"))
    return True


def load(slug: str) -> NotebookNode | None:
    """The saved notebook of a chapter; None if there is none.

    Raises:
        LensError: the file is no notebook.
    """
    path = saved.notebook_path(slug)
    if not path.exists():
        return None
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise saved.spoilt(slug) from error


def _keep_unchanged(before: NotebookNode, fresh: NotebookNode) -> None:
    old = {cell.id: cell for cell in before.cells if cell.cell_type == "code"}
    for cell in fresh.cells:
        if (kept := old.get(cell.get("id"))) and kept.outputs and not difference(kept, cell):
            cell.outputs = kept.outputs
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = cell.execution_count


def stale_text(slug: str, built: NotebookNode) -> list[str]:
    """A complaint if a notebook is not made from the chapter's text as it is now, whatever values it computed."""
    now, then = assemble(slug).cells, {cell.id: cell for cell in built.cells}
    lost = (cell for cell in now if not _is_built(cell, then.get(cell.id)))
    gone = (cell for cell in built.cells if cell.id not in {cell.id for cell in now})
    changed = next(lost, None) or next(gone, None)
    if changed is None and [cell.id for cell in now] == [cell.id for cell in built.cells]:
        return []
    first = f", first at {_first_line(changed)!r}" if changed else ": its cells stand in another order"
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
            complaints.append(f"{slug}: the output of the cell {_first_line(cell)!r} has changed: {changed}")
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
    return kind == "image/png" and _pixels(b64decode(old)) == _pixels(b64decode(new))


def _pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    """Size and content of a picture: two machines may compress the same picture to different bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return image.size, image.tobytes()


def _first_difference(kind: str, old: Any, new: Any) -> str:
    if kind == "image/png" or not isinstance(old, str) or not isinstance(new, str):
        return f"the {kind} is not the saved one"
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return f"{kind}: {' '.join(changed[:4])[:300]}"


def dead_links(slug: str) -> list[str]:
    """Complaints for each relative link in a chapter that leads nowhere, from where the notebook is."""
    complaints = []
    for cell in assemble(slug).cells:
        if cell.cell_type != "markdown":
            continue
        for target in _links(cell.source):
            path, _, anchor = target.partition("#")
            file = saved.NOTEBOOKS / path if path else saved.notebook_path(slug)
            if path and not file.exists():
                complaints.append(f"{slug}: the link to {target} leads nowhere")
            elif anchor and file.suffix == ".ipynb" and anchor not in _anchors(file.stem):
                complaints.append(f"{slug}: {path or 'the chapter'} has no heading #{anchor}")
    return complaints


def _links(markdown: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(markdown):
        for child in token.children or []:
            target = child.attrs.get("href" if child.type == "link_open" else "src")
            if child.type in ("link_open", "image") and target and not re.match(r"[a-z]+:", str(target)):
                yield str(target)


def _anchors(slug: str) -> set[str]:
    """The anchors that Jupyter gives the headings of a chapter."""
    cells = assemble(slug).cells
    sources = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return {
        heading.strip().replace(" ", "-")
        for source in sources
        for heading in re.findall(r"^#+ (.*)$", source, re.MULTILINE)
    }


def cover() -> Picture:
    """The picture on the README: one GET through the whole path, drawn from a recording."""
    wire = Wire(DemoSite())
    with record([step.name for step in PATH]) as trace:
        wire.send(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return sequence(trace)


def build_cover() -> bool:
    """Save the picture on the README; return whether it changed."""
    picture = cover().png
    if _is_cover(picture):
        return False
    saved.write(COVER, picture)
    return True


def _is_cover(picture: bytes) -> bool:
    return COVER.exists() and _pixels(COVER.read_bytes()) == _pixels(picture)


def stale_cover() -> list[str]:
    """A complaint if the picture on the README is not what would be drawn now."""
    if _is_cover(cover().png):
        return []
    return [f"{COVER.name}: the picture on the README is not the one that would be drawn now"]


def check(slug: str, progress: Progress | None = None) -> list[str]:
    """All that is wrong with a chapter: its text, notes, links, outputs and sentences; runs the whole chapter."""
    if wrong := wrong_roles(chapter_text(slug).lines):
        return wrong  # no notebook can be made of it
    fresh = execute(assemble(slug), slug, progress)
    said = [*dead_links(slug), *wrong_sentences(slug, fresh), *misshapen(slug, fresh)]
    built = load(slug)
    if built is None:
        return [saved.unbuilt(slug), *said]
    return [*stale_text(slug, built), *saved.stale_notes(slug), *stale_outputs(slug, built, fresh.cells), *said]
