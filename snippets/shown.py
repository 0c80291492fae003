"""Shows a program of the book whole, in a cell: its file, and the command that runs it."""

from pathlib import Path

from snippets import catalogue


class Shown:
    """A program's file as Jupyter shows it, coloured as the page around it is; `command` runs it."""

    def __init__(self, file: Path, command: str) -> None:
        self._text = file.read_text(encoding="utf-8").rstrip()
        self._where = file.relative_to(catalogue.HERE.parent).as_posix()
        self._command = command

    def __repr__(self) -> str:
        return f"{self._text}\n\n# {self._where}, run with: {self._command}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        page = f"```python\n{self._text}\n```\n\n`{self._where}`, run with `{self._command}`"
        return {"text/markdown": page, "text/plain": repr(self)}


def program(name: str) -> Shown:
    """The program called `name`, as in "hello_site", whole.

    Raises:
        LensError: there is none, or more than one.
    """
    return Shown(catalogue.find(name).file, f"python -m snippets run {name}")
