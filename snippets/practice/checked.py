"""Checks a learner's file of any kind: reads it, and has it judged by conversations or by its predictions."""

from dataclasses import dataclass

from snippets.practice.judge import judge
from snippets.practice.predict import judge_file
from snippets.practice.process import Process
from snippets.practice.progress import Desk, Unreadable
from snippets.practice.shelf import Folder
from snippets.practice.verdict import Verdict


@dataclass(frozen=True)
class Refused(Verdict):
    """The verdict on a file that can't be read."""

    folder: Folder
    why: str

    @property
    def passed(self) -> bool:
        return False

    @property
    def lines(self) -> list[str]:
        return [f"{self.folder.title}: not yet.", "", self.why]


def verdict_on(folder: Folder, source: str, process: Process, seed: int | None = None) -> Verdict:
    """The verdict on a text: by its predictions, or by conversations, the random ones of them drawn from the seed."""
    return judge_file(folder, source) if folder.predicts else judge(folder, source, process, seed=seed)


def checked(folder: Folder, desk: Desk, process: Process) -> Verdict:
    """The verdict on the learner's file for an exercise; a pass is written down.

    Raises:
        LensError: there is no such file.
    """
    try:
        source = desk.source(folder.slug)
    except Unreadable as error:
        return Refused(folder, str(error))
    verdict = verdict_on(folder, source, process)
    if verdict.passed:
        with desk.changed() as progress:
            progress.passed += [folder.slug] if folder.slug not in progress.passed else []
    return verdict
