"""The commands of whoever practises: python -m snippets exercises."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snippets.lens.errors import LensError
from snippets.practice.grading.command import grade
from snippets.practice.grading.sample_command import sample
from snippets.shell import Name, warn_about_version

if TYPE_CHECKING:  # the exercises are read only by a command that needs them
    from snippets.practice.progress import Desk
    from snippets.practice.shelf import Folder


def _slugs() -> list[str]:
    from snippets.practice.shelf import shelf

    return list(shelf())


class _Slug(Name):
    """The name of an exercise; another is refused."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from snippets.practice.shelf import exercise

        name = value.removesuffix(".py").rpartition("/")[2]
        return exercise(name if name in _slugs() else value).slug


_NAMED = _Slug("slug", _slugs)
SLUG = click.argument("slug", type=_NAMED, required=False)


@click.group(invoke_without_command=True)
@click.pass_context
def exercises(ctx: click.Context) -> None:
    """Practise: exercises that check themselves.

    Without a command, say where you stand, and which exercise is next.
    """
    if ctx.invoked_subcommand is None:
        from snippets.practice.told import stand

        with _at_desk() as desk:
            click.echo("\n".join(stand(desk)))


@exercises.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
def start(folder: Path | None) -> None:
    """Lay out the exercises in DIR, one file each; over nothing that is there. Without DIR, in my_exercises."""
    from snippets.practice.progress import NAME, Desk
    from snippets.practice.shelf import FOLDER
    from snippets.practice.told import short, stand

    desk = Desk((folder or Path(NAME)).resolve(), _say)
    if desk.folder.is_relative_to(FOLDER):
        raise LensError(f"{desk.folder} is where the book keeps its exercises; name another folder")
    if desk.folder.is_file():
        raise LensError(f"{folder or NAME} is a file: name a folder for the exercises")
    with _files():
        copied = desk.lay_out()
        there = len(_slugs()) - len(copied)
        kept = f"; {there} were there, and are as they were" if there else ""
        click.echo(f"{short(desk.folder)}: {len(copied)} exercises laid out{kept}.")
        if desk.folder != Path.cwd() and folder is not None:
            click.echo(f"Go there first: cd {folder}")
        click.echo()
        click.echo("\n".join(stand(desk)))


@exercises.command()
@SLUG
def check(slug: str | None) -> None:
    """Check your file for the exercise SLUG, or for the next one that has not passed.

    Exit code 1 if it doesn't pass.
    """
    from snippets.practice.checked import checked
    from snippets.practice.process import Process
    from snippets.practice.told import all_done, stand, told

    warn_about_version()
    with _at_desk() as desk:
        folder = _chosen(slug, desk)
        if folder is None:
            click.echo("\n".join(all_done()))
            return
        with Process() as process:
            if not folder.predicts:
                process.start()
            verdict = checked(folder, desk, process)
        click.echo("\n".join(told(verdict)))
        if not verdict.passed:
            sys.exit(1)
        click.echo()
        click.echo("\n".join(stand(desk)))


@exercises.command()
def watch() -> None:
    """Check a file as soon as you save it, exercise by exercise, until all have passed or you press Ctrl-C."""
    from snippets.practice.process import Process
    from snippets.practice.shelf import COMMAND
    from snippets.practice.watch import Watch

    warn_about_version()
    with _at_desk() as desk:
        try:
            with Process() as process:
                Watch(desk, process).run()
        except KeyboardInterrupt:
            click.echo(f"\nEnough for now. `{COMMAND} watch` goes on where you were.")


@exercises.command()
@SLUG
def hint(slug: str | None) -> None:
    """Show a hint for the exercise SLUG, or for the next one; once more, and there is one more."""
    from snippets.practice.told import all_done, hinted

    with _at_desk() as desk:
        folder = _chosen(slug, desk)
        click.echo("\n".join(hinted(desk, folder) if folder else all_done()))


@exercises.command()
@SLUG
@click.option("--yes", is_flag=True, help="Don't ask.")
def reset(slug: str | None, yes: bool) -> None:
    """Lay out the starter of the exercise SLUG anew, or of the next one; your file is kept in .backups."""
    from snippets.practice.told import short

    with _at_desk() as desk:
        folder = _chosen(slug, desk)
        if folder is None:
            raise LensError("all exercises have passed: say which one to begin anew")
        file = short(desk.file(folder.slug))
        if not yes and not click.confirm(f"Begin {folder.slug} anew? {file} is kept as a backup."):
            click.echo("Nothing was changed.")
            return
        kept = desk.put_back(folder.slug)
        click.echo(f"{file} is the starter again" + (f"; yours is kept as {short(kept)}." if kept else "."))


@exercises.command()
@SLUG
def solution(slug: str | None) -> None:
    """Show how the book solves the exercise SLUG, or the last one you passed; after you have passed it."""
    from snippets.practice.shelf import COMMAND, exercise

    with _at_desk() as desk:
        passed = desk.progress().passed
        if slug is None and not passed:
            raise LensError("a solution is shown after you have passed the exercise, and none has passed yet")
        folder = exercise(slug or passed[-1])
        if folder.slug not in passed:
            said = f"`{COMMAND} hint {folder.slug}` helps until then"
            raise LensError(f"the solution of {folder.slug} is shown after you have passed it; {said}")
        if folder.predicts:
            click.echo(f"{folder.slug} is decided by a run, and has no other solution: {folder.path / 'check.py'}")
            return
        click.echo(folder.solution.rstrip())


@exercises.command("list")
def list_exercises() -> None:
    """List the exercises, chapter by chapter, with those that have passed."""
    from snippets.practice.progress import Desk, Progress, find
    from snippets.practice.told import every

    with _files():
        try:
            progress = Desk(find(Path.cwd()), _say).progress()
        except LensError:
            progress = Progress()
        click.echo("\n".join(every(progress)))


@exercises.command()
@click.argument("slug", type=_NAMED)
@click.option("--nbgrader", is_flag=True, help="For `nbgrader generate_assignment`.")
@click.option("--otter", is_flag=True, help="For `otter assign`.")
@click.option(
    "--out",
    metavar="FILE.ipynb",
    type=click.Path(path_type=Path),
    help="Where it goes, over nothing that is there; without it, SLUG.ipynb in the current folder.",
)
def export(slug: str, nbgrader: bool, otter: bool, out: Path | None) -> None:
    """Write the exercise SLUG as a notebook for a teacher: the task, the book's solution, and a graded cell.

    From it nbgrader or otter makes the notebook for students, without the solution, and grades what they hand in.
    """
    from snippets.practice.export import save
    from snippets.practice.shelf import exercise

    if nbgrader == otter:
        raise LensError("say for which of the two the notebook is: --nbgrader or --otter")
    path = out or Path(f"{slug}.ipynb")
    with _files():
        save(exercise(slug), "nbgrader" if nbgrader else "otter", path)
    click.echo(f"{path}: {slug} for {'`nbgrader generate_assignment`' if nbgrader else '`otter assign`'}.")


exercises.add_command(grade)
exercises.add_command(sample)


def _chosen(slug: str | None, desk: "Desk") -> "Folder | None":
    """The exercise that was named, or else the next one; None if all have passed."""
    from snippets.practice.shelf import exercise

    return exercise(slug) if slug else desk.progress().next()


@contextmanager
def _at_desk() -> Iterator["Desk"]:
    """The learner's folder; what the file system refuses is said in a line."""
    from snippets.practice.progress import Desk, find

    with _files():
        yield Desk(find(Path.cwd()), _say)


@contextmanager
def _files() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LensError(f"{error.filename or 'a file'}: {error.strerror or error}") from error


def _say(line: str) -> None:
    click.echo(f"warning: {line}", err=True)
