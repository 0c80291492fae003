"""What turns can't do, they say: with how many turns, and what to do instead."""

from collections.abc import Iterator

import pytest
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock

from snippets.lens.errors import LensError
from snippets.lens.turns import ReactorHere, Turns
from snippets.workshop.scenarios.demo_site import DemoSite
from tests.echo import EchoFactory


@pytest.fixture(params=[ReactorHere, SelectReactor], ids=lambda kind: kind.__name__)
def hand(request: pytest.FixtureRequest) -> Iterator[Turns]:
    with Turns(request.param) as hand:
        yield hand


def test_until_gives_up_after_so_many_turns(hand: Turns) -> None:
    def again() -> None:
        hand.reactor.callLater(0, again)

    again()
    with pytest.raises(LensError, match=r"not true after 7 turns; the last one was turn 7\n  due: .*again"):
        hand.until(lambda: False, most=7)


def test_until_gives_up_when_nothing_will_happen(hand: Turns) -> None:
    hand.listen(EchoFactory())
    with pytest.raises(LensError, match=r"for 0\.01 s nothing was ready: .*readers: Port#1; writers: nobody"):
        hand.until(lambda: False, wait=0.01)


def test_a_closed_reactor_says_so(hand: Turns) -> None:
    port = hand.listen(EchoFactory())
    hand.close()
    hand.close()
    for use in (hand.turn, lambda: hand.listen(EchoFactory()), lambda: hand.connect(port), lambda: hand.until(bool)):
        with pytest.raises(LensError, match=r"closed: make another Turns\(\)"):
            use()
    assert repr(hand) == f"<Turns: {type(hand.reactor).__name__}, 0 turns, closed>"


def test_until_can_be_asked_for_no_turn(hand: Turns) -> None:
    assert hand.until(lambda: True, most=0) == []
    with pytest.raises(LensError, match="not true after 0 turns"):
        hand.until(lambda: False, most=0)


@pytest.mark.parametrize("wait", [-1, float("inf"), float("nan"), None])
def test_a_turn_has_an_end(hand: Turns, wait: float) -> None:
    hand.listen(EchoFactory())
    with pytest.raises(LensError, match="a turn would never end: let it wait some seconds"):
        hand.turn(wait)
    assert hand.turn(0).number == 1


@pytest.mark.parametrize("factory", [DemoSite(), EchoFactory, None], ids=["resource", "class", "nothing"])
def test_a_port_needs_a_factory(hand: Turns, factory: object) -> None:
    with pytest.raises(LensError, match=r"needs a factory, as in listen\(Site\(root, reactor=hand.reactor\)\), not "):
        hand.listen(factory)
    assert hand.readers == []


@pytest.mark.parametrize("kind", [AsyncioSelectorReactor, Clock, None])
def test_other_reactors_can_t_be_turned_by_hand(kind: object) -> None:
    with pytest.raises(LensError, match="can't be turned by hand: take EPollReactor"):
        Turns(kind)
