"""Conversations with the demonstration site, each distinct in what it exercises."""

from snippets.lens.errors import LensError
from snippets.workshop.scenarios.answered import ANSWERED
from snippets.workshop.scenarios.conversation import Scenario
from snippets.workshop.scenarios.refused import REFUSED

SCENARIOS: tuple[Scenario, ...] = ANSWERED + REFUSED


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        LensError: there is none.
    """
    for candidate in SCENARIOS:
        if candidate.name == name:
            return candidate
    raise LensError(f"there is no scenario called {name}; there are {', '.join(each.name for each in SCENARIOS)}")
