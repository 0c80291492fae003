"""The command that lays out a made-up class: python -m snippets exercises sample."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Draw the class from it.")
def sample(folder: Path, seed: int) -> None:
    """Lay out a made-up class of 30 students in DIR, to try grading with.

    Eight of them are hostile: grade the folder, and run nothing in it.
    """
    from snippets.practice.grading.sample import HARM, KINDS, lay_out

    students = lay_out(folder, seed)
    for kind, number in KINDS.items():
        click.echo(f"{kind}: {number}")
        for student in students:
            if student.kind == kind:
                click.echo(f"    {student.name}  {student.about}")
    click.echo(f"{folder} has {len(students)} made-up students. {KINDS[HARM]} are hostile: run none of the files, but")
    click.echo(f"python -m snippets exercises grade {folder} --out {folder.with_name('grades')}")
