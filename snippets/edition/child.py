"""Plays what it is told to, a line of JSON each, in a process of its own: `python -m snippets.edition.child`."""

import gc
import json
import sys
from typing import Any

from snippets.edition.plays import acts_of, played
from snippets.lens.errors import LensError


def answer(line: str) -> dict[str, Any]:
    """What is answered to a line: the film with its texts, or what was wrong, in a line."""
    try:
        return played(acts_of(json.loads(line)))
    except LensError as error:
        return {"error": str(error)}
    except (ValueError, RecursionError):
        return {"error": "that is not JSON"}


def main() -> None:
    """Answer each line of the standard input with a line, until it ends."""
    # What a page logs, or prints, is not to stand among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(answer(line), separators=(",", ":")) + "\n")
        answers.flush()
        gc.collect()


if __name__ == "__main__":
    main()
