"""The conversations hold what their names and sentences say they hold."""

import re

import pytest

from snippets.lens.errors import LensError
from snippets.workshop.scenarios import SCENARIOS, scenario
from snippets.workshop.scenarios.conversation import Advance, Send

# Numbers that say what is answered or which protocol is spoken, not what is sent: "HTTP/1.0", ": 400", "100-continue".
ANSWERED = re.compile(r"HTTP/[\d.]+|(: |then |one )\d{3}\b|\b100-continue|\b0x\w+|-1\.0", re.IGNORECASE)


def said(scenario):
    """The numbers in a scenario's name and sentence, in bytes, lines, digits or seconds."""
    for text in (scenario.name, scenario.about):
        yield from map(int, re.findall(r"\d+(?! KiB)\b", ANSWERED.sub("", text)))


def held(scenario):
    """What can be counted in what a scenario sends, and the seconds that it lets pass."""
    data = b"".join(step.data for step in scenario.steps if isinstance(step, Send))
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    trailers = body.partition(b"0\r\n")[2]
    yield from (len(line) for line in data.split(b"\r\n"))
    yield from (len(digits) for digits in re.findall(rb"\d+", head))
    yield len(lines) - 1
    yield sum(map(len, lines))
    yield from (len(trailers), len(trailers) - len(b"\r\n"))
    passed = [step.seconds for step in scenario.steps if isinstance(step, Advance)]
    yield from (sum(passed[:end]) - sum(passed[:start]) for end in range(len(passed) + 1) for start in range(end))
    yield from (step.size for step in scenario.steps if isinstance(step, Send) and isinstance(step.size, int))


@pytest.mark.parametrize("each", [each for each in SCENARIOS if any(said(each))], ids=lambda each: each.name)
def test_a_number_in_a_name_is_what_the_scenario_holds(each):
    assert set(said(each)) <= set(held(each)), each.about


@pytest.mark.parametrize("each", [each for each in SCENARIOS if "KiB" in each.about], ids=lambda each: each.name)
def test_more_than_so_many_is_more(each):
    (least,) = re.findall(r"More than (\d+) KiB behind a request", each.about)
    assert max(held(each)) > int(least) * 1024


def test_the_numbers_of_the_limits_are_among_them():
    assert {500, 501, 1023, 1024, 4301, 16384, 16385, 65536, 65537} <= {n for each in SCENARIOS for n in said(each)}


def test_no_two_scenarios_have_a_name():
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)


def test_a_scenario_that_is_not_there_names_those_that_are():
    with pytest.raises(LensError, match="there is no scenario called got; there are get, get-bytewise, "):
        scenario("got")
