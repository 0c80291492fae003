"""The figure of who holds whom: it says what the objects say, each arrow has a way of its own, and it can be read."""

from contextlib import suppress
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.protocol import Factory, Protocol

from snippets.lens.errors import LensError
from snippets.lens.figures import holders
from snippets.lens.figures.holders import Hold, _arrows, _cards, holds
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.svgs import both


class Thing:
    """An object with whatever attributes it is given."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


class Silent(Protocol):
    pass


def connected():
    factory = Factory.forProtocol(Silent)
    wire = Wire(factory)
    roles = {
        "reactor": wire.reactor,
        "factory": factory,
        "transport": wire.transport,
        "protocol": wire.protocol,
    }
    return wire, roles


class TestWhoHoldsWhom:
    def test_of_a_connection(self):
        _, roles = connected()
        assert set(holds(roles)) == {
            Hold("reactor", "_reads[…]", "transport"),
            Hold("transport", "reactor", "reactor"),
            Hold("transport", "protocol", "protocol"),
            Hold("protocol", "factory", "factory"),
            Hold("protocol", "transport", "transport"),
        }

    def test_of_a_connection_that_is_lost(self):
        wire, roles = connected()
        wire.disconnect()
        assert set(holds(roles)) == {
            Hold("transport", "reactor", "reactor"),
            Hold("protocol", "factory", "factory"),
            Hold("protocol", "transport", "transport"),
        }

    def test_of_a_port_and_a_connection_over_a_socket(self):
        with Turns() as hand:
            factory = Factory.forProtocol(Silent)
            factory.noisy = False
            port = hand.listen(factory)
            hand.connect(port)
            hand.turn()
            (transport,) = (each for each in hand.reactor.getReaders() if getattr(each, "server", None) is port)
            found = holds({"reactor": hand.reactor, "port": port, "factory": factory, "transport": transport})
        assert {"port", "transport"} <= {hold.held for hold in found if hold.holder == "reactor"}
        assert Hold("port", "factory", "factory") in found
        assert Hold("transport", "server", "port") in found

    @pytest.mark.parametrize("container", [lambda each: [each], lambda each: (each,), lambda each: {each}, frozenset])
    def test_in_containers(self, container):
        held = Thing()
        holder = Thing(box=container(held) if container is not frozenset else frozenset([held]))
        assert holds({"a": holder, "b": held}) == [Hold("a", "box[…]", "b")]

    def test_as_the_key_and_as_the_value_of_a_dict(self):
        key, value = Thing(), Thing()
        found = holds({"a": Thing(box={key: value}), "b": key, "c": value})
        assert found == [Hold("a", "box[…]", "b"), Hold("a", "box[…]", "c")]

    def test_not_two_containers_deep_and_not_by_equality(self):
        class Equal:
            def __eq__(self, other):
                return True

            __hash__ = None

        assert holds({"a": Thing(box=[[held := Thing()]]), "b": held}) == []
        assert holds({"a": Thing(own=Equal()), "b": Equal()}) == []

    def test_of_objects_without_attributes_of_their_own(self):
        assert holds({"a": 1, "b": "text"}) == []


class TestFigure:
    def test_says_what_each_is_and_names_every_attribute_that_holds(self):
        _, roles = connected()
        said = texts(holders(**roles))
        for role, each in roles.items():
            assert role in said
            assert type(each).__name__ in said
        for hold in holds(roles):
            assert hold.attribute in said

    def test_its_alternative_text_says_the_same(self):
        alt = holders(factory=(factory := Thing()), protocol=Thing(factory=factory)).alt
        assert alt == (
            "Who holds whom among 2 objects: factory (Thing), protocol (Thing). protocol.factory holds factory. "
            "Held by none of these: protocol."
        )
        assert holders(alone=Thing()).alt.endswith("alone (Thing). None of them holds another.")

    def test_a_role_of_two_words(self):
        assert "tls transport" in texts(holders(tls_transport=Thing()))

    def test_what_it_can_not_draw_is_answered_in_a_line(self):
        with pytest.raises(LensError, match="say what each is"):
            holders()
        one = Thing()
        with pytest.raises(LensError, match="the same object twice"):
            holders(a=one, b=one)
        crowd = {f"role{number}": Thing() for number in range(30)}
        for each in crowd.values():
            vars(each).update(crowd)
        with pytest.raises(LensError, match="give holders\\(\\) fewer objects"):
            holders(**crowd)

    def test_the_same_objects_give_the_same_picture(self):
        _, roles = connected()
        assert holders(**roles).png == holders(**roles).png


def stretches(arrow):
    """The three parts of an arrow's way, as (side, horizontal?, where, from, to); x counts tracks, the card is -1."""
    top, bottom = sorted((arrow.leaves, arrow.arrives))
    yield arrow.side, False, arrow.track, top, bottom
    yield arrow.side, True, arrow.leaves, -1, arrow.track
    yield arrow.side, True, arrow.arrives, -1, arrow.track


@st.composite
def graphs(draw):
    """Up to seven objects that hold one another in any way."""
    roles = {f"role_{number}": Thing() for number in range(draw(st.integers(1, 7)))}
    names = st.sampled_from(["factory", "transport", "_selectables", "wrappedProtocol", "a" * 40, "öö_ö"])
    for holder, held, name in draw(
        st.lists(st.tuples(st.sampled_from(list(roles)), st.sampled_from(list(roles)), names), max_size=12)
    ):
        vars(roles[holder]).setdefault(name, []).append(roles[held])
    return {role.replace("_", " "): each for role, each in roles.items()}


@settings(max_examples=40)
@given(graphs())
def test_each_hold_has_one_arrow_and_no_two_arrows_lie_on_one_another(roles):
    found = holds(roles)
    cards = _cards(list(roles), found)
    arrows = _arrows(cards, found)
    assert sorted(arrow.hold for arrow in arrows) == sorted(found)
    for one, other in combinations(arrows, 2):
        same_start = (one.hold.holder, one.hold.attribute) == (other.hold.holder, other.hold.attribute)
        for a in stretches(one):
            for b in stretches(other):
                if a[:2] == b[:2] and not (same_start and a[1]):
                    assert abs(a[2] - b[2]) >= (3 if a[1] else 1) or a[4] <= b[3] or b[4] <= a[3], (one, other)
    for one, other in combinations(cards.values(), 2):
        assert one.y + one.high < other.y


def test_the_head_of_a_card_has_room_for_all_the_arrows():
    roles = {"held": (held := Thing())} | {f"holder {number}": Thing(it=held) for number in range(6)}
    found = holds(roles)
    cards = _cards(list(roles), found)
    head = cards["held"]
    arrives = [arrow.arrives for arrow in _arrows(cards, found)]
    assert len(arrives) == 6
    assert all(head.y < each < head.y + head.head for each in arrives)


@settings(max_examples=40)
@given(graphs())
def test_arrows_to_one_card_do_not_cross_each_other(roles):
    found = holds(roles)
    arrows = _arrows(_cards(list(roles), found), found)
    for one, other in permutations(arrows, 2):
        if (one.hold.held, one.side) == (other.hold.held, other.side) and one.track < other.track:
            inner = sorted((one.leaves, one.arrives))
            assert not inner[0] < other.arrives < inner[1]


@settings(max_examples=15)
@given(graphs())
def test_it_can_be_read(roles):
    with suppress(LensError):  # so many arrows that they don't fit
        assert_legible(both(holders, **{role.replace(" ", "_"): each for role, each in roles.items()}))


def test_the_figures_of_the_book_can_be_read():
    wire, roles = connected()
    assert_legible(both(holders, **roles))
    wire.disconnect()
    assert_legible(both(holders, **roles))
