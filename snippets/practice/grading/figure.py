"""Draws which wrong answers a class gave most."""

from snippets.lens.figures.palette import BLUE, FADED
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut

_ROW, _TOP, _NAMES, _NUMBERS = 16.0, 30.0, 300.0, 40.0  # points
MOST = 12


def wrong_answers_figure(given: list[tuple[str, str, int]], says: dict[tuple[str, str], str]) -> Picture:
    """A bar for each of the most frequent wrong answers, with how many gave it.

    Args:
        given: slug, name and number, the most frequent first; at least one.
        says: the message of each, by slug and name.
    """
    shown = given[:MOST]
    sheet = Sheet(_TOP + _ROW * len(shown) + 10)
    sheet.text(8, 14, "Wrong answers that were foreseen, and how many gave them", bold=True)
    most = shown[0][2]
    for at, (slug, wrong, count) in enumerate(shown):
        middle = _TOP + _ROW * (at + 0.5)
        sheet.text(_NAMES, middle, cut(f"{slug}: {wrong.removeprefix('wrong_')}", 54), align="right", mono=True)
        long = (WIDTH - _NAMES - _NUMBERS - 8) * count / most
        sheet.box(_NAMES + 8, middle - 5, long, 10, BLUE)
        sheet.text(_NAMES + 14 + long, middle, str(count), colour=FADED)
    told = [f"{slug}, {count} times: {says.get((slug, wrong), wrong)}" for slug, wrong, count in shown[:3]]
    return sheet.finished(" ".join(" ".join(["The wrong answers given most, as bars.", *told]).split()))
