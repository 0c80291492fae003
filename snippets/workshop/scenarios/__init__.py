"""Conversations with the demonstration site, each distinct in what it exercises, and what else a server does."""

from collections.abc import Callable

from snippets.lens.errors import LensError
from snippets.workshop.scenarios.answered import ANSWERED
from snippets.workshop.scenarios.conversation import Scenario
from snippets.workshop.scenarios.lines_and_timers import LINES_AND_TIMERS
from snippets.workshop.scenarios.listening import LISTENING
from snippets.workshop.scenarios.refused import REFUSED
from snippets.workshop.scenarios.served import SERVED
from snippets.workshop.scenarios.set_up import SET_UP
from snippets.workshop.scenarios.waiting import WAITING

SCENARIOS: tuple[Scenario, ...] = ANSWERED + REFUSED + SERVED

# What no conversation by HTTP/1.1 over one wire shows: each function plays it, and says in its docstring what it is.
PLAYS: tuple[Callable[[], None], ...] = (*SET_UP, *LINES_AND_TIMERS, *LISTENING, *WAITING)


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        LensError: there is none.
    """
    for candidate in SCENARIOS:
        if candidate.name == name:
            return candidate
    raise LensError(f"there is no scenario called {name}; there are {', '.join(each.name for each in SCENARIOS)}")
