"""The command of whoever teaches: python -m snippets exercises grade."""

import os
from contextlib import suppress
from pathlib import Path

import click


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the grades go.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine; as many as it has cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Grade by the workers of this dask.distributed scheduler.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw the random conversations from it, and not anew.")
@click.option("--weaker", is_flag=True, help="Take Landlock where bubblewrap can't be had; says what it lets through.")
def grade(
    submissions: Path, out: Path, workers: int | None, scheduler: str | None, seed: int | None, weaker: bool
) -> None:
    """Grade the SUBMISSIONS of a class, each student in a sandbox of their own.

    SUBMISSIONS is a folder with student/SLUG.py, student.zip or student.ipynb. What has been graded already, and has
    not changed, is not graded again. Writes grades.csv and index.html.

    Whoever reaches a scheduler can run programs on its workers: let it listen on 127.0.0.1, or speak TLS.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from snippets.practice.grading.graded_class import grade_class
    from snippets.practice.grading.scheduler import there
    from snippets.practice.grading.tables import summary
    from snippets.practice.grading.workers import here
    from snippets.shell import warn_about_version

    if scheduler and workers:
        raise click.UsageError("the scheduler has its own workers: --workers is for this machine")
    warn_about_version()
    if weaker:
        _tell_of_the_weaker(here=not scheduler)
    columns = (TextColumn("students"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("")
        records = grade_class(
            submissions,
            out,
            lambda jobs: there(jobs, scheduler) if scheduler else here(jobs, workers or os.cpu_count() or 1),
            seed,
            weaker=weaker,
            progress=lambda done, of: progress.update(bar, completed=done, total=of),
        )
    click.echo(summary(records))
    click.echo(f"{out / 'grades.csv'} has a row an answer; {out / 'index.html'} says who needs help first.")
    if again := [record["student"] for record in records if not record["key"]]:
        click.echo(f"warning: {len(again)} students were not graded in full; the same command tries again", err=True)


def _tell_of_the_weaker(here: bool) -> None:
    """Say what the weaker sandbox lets through; and that there is the other one, if it is this machine that grades.

    Raises:
        Refused: there is no Landlock on it.
    """
    from snippets.lens.errors import LensError
    from snippets.practice.sandbox import try_out
    from snippets.practice.weaker import LETS_THROUGH

    if here:
        try_out(weaker=True)
        with suppress(LensError):
            try_out()
            click.echo("warning: bubblewrap works here, and is not used: without --weaker it would be", err=True)
    click.echo("--weaker: files are held by Landlock and a filter of system calls, which lets through:", err=True)
    for line in LETS_THROUGH:
        click.echo(f"  {line}", err=True)
