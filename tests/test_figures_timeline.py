"""The timeline: what it draws is what the turns did, in the order in which they did it, and can be read."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor

from snippets.lens.figures import timeline
from snippets.lens.figures.timeline import ACCEPTED, DUE, HUNG_UP, MOST_LETTERS, POLLED, READ, WRITTEN, boxes, slots
from snippets.lens.turns import Ready, Turn, Turns
from tests.pictures import assert_legible, texts
from tests.svgs import both


class Upper(Protocol):
    def dataReceived(self, data):
        self.transport.write(data.upper())


def made(number=1, ready=(), ran=(), readers=(), writers=()) -> Turn:
    """A turn that never was."""
    turn = Turn(number)
    turn.ready = [Ready(*each) for each in ready]
    turn.ran, turn.readers, turn.writers = list(ran), list(readers), list(writers)
    return turn


def an_answer() -> list[Turn]:
    """The turns of one client that connects, asks, is answered, and leaves."""
    with Turns() as hand:
        client = hand.connect(hand.listen(Factory.forProtocol(Upper)))
        found = [hand.turn()]
        client.sendall(b"hello")
        found += [hand.turn(), hand.turn()]
        client.close()
        return [*found, hand.turn()]


def drawn(turns) -> list[tuple[str, str]]:
    """Lane and kind of each slot, but for the polls."""
    return [(slot.lane, slot.kind) for turn in turns for slot in slots(turn) if slot.kind != POLLED]


def test_an_answer_is_an_accept_a_read_and_a_write():
    turns = an_answer()
    assert drawn(turns) == [("Port#1", ACCEPTED), ("Server#1", READ), ("Server#1", WRITTEN), ("Server#1", READ)]
    assert [slot.lost for turn in turns for slot in slots(turn)] == [False] * 7 + [True]
    assert [slot.text for slot in slots(turns[1])] == [("poll",), ("read", "5 bytes")]


@pytest.mark.parametrize("kind", [None, SelectReactor])
def test_a_turn_knows_what_its_poll_watched(kind):
    with Turns(kind) if kind else Turns() as hand:
        client = hand.connect(hand.listen(Factory.forProtocol(Upper)))
        turns = hand.until(lambda: "Server#1" in hand.readers)
        client.sendall(b"hello")
        turns += hand.until(lambda: hand.writers == ["Server#1"])
        turns += hand.until(lambda: hand.writers == [])
        turns.append(hand.turn(wait=0))
    assert [turn.readers for turn in turns] == [["Port#1"], *[["Port#1", "Server#1"]] * 3]
    assert [turn.writers for turn in turns] == [[], [], ["Server#1"], []]


def test_what_is_due_comes_before_the_poll():
    turn = made(
        ran=["Deferred.callback", "Server#2.connectionLost", "Server#1.doWrite"], ready=[("Server#1", WRITTEN, 4)]
    )
    assert [(slot.lane, slot.kind, slot.text) for slot in slots(turn)] == [
        ("reactor", DUE, ("call", "callback")),
        ("reactor", DUE, ("call", "connectionLost")),
        ("reactor", POLLED, ("poll",)),
        ("Server#1", WRITTEN, ("write", "4 bytes")),
    ]


def test_a_read_and_a_write_of_one_descriptor_are_two_calls():
    turn = made(
        ready=[("Server#1", READ, 1), ("Server#1", WRITTEN, 20_000)], ran=["Server#1.doRead", "Server#1.doWrite"]
    )
    assert [slot.text for slot in slots(turn)[1:]] == [("read", "1 byte"), ("write", "20,000 bytes")]


def crosses(picture) -> list[tuple[float, float]]:
    """The middles of the white discs that crosses stand on."""
    discs = [patch for patch in picture.figure.axes[0].patches if patch.get_zorder() == 4]
    return [(disc.get_x() + disc.get_width() / 2, disc.get_y() + disc.get_height() / 2) for disc in discs]


def test_the_call_that_ended_the_connection_is_the_last_of_its_descriptor():
    ready = [("Server#1", READ, 3), ("Server#1", WRITTEN, 5), ("Server#2", READ, 1)]
    turn = made(ready=ready, ran=["Server#1.doRead", "Server#1.doWrite", "Server#1.connectionLost", "Server#2.doRead"])
    assert [slot.lost for slot in slots(turn)] == [False, False, True, False]
    picture = timeline([turn])
    assert "Server#1 read 3 bytes; Server#1 write 5 bytes, the connection is lost; Server#2" in picture.alt
    cross, in_the_legend = crosses(picture)
    written = {text.get_text(): text.get_position()[0] for text in picture.figure.axes[0].texts}
    assert written["5 bytes"] < cross[0] < written["1 byte"]
    assert in_the_legend[1] > cross[1]


def test_what_did_not_run_is_not_drawn():
    ready = [("Server#1", READ, 0), ("Server#1", WRITTEN, 0)]
    (_, read) = slots(made(ready=ready, ran=["Server#1.doRead", "Server#1.connectionLost"]))
    assert (read.kind, read.lost) == (READ, True)


def test_a_hang_up_is_drawn_and_loses_the_connection():
    (_, slot) = slots(made(ready=[("Server#1", "hang-up", 0)], ran=["Server#1.connectionLost"]))
    assert (slot.kind, slot.text, slot.lost) == (HUNG_UP, ("hang-up",), True)


def test_a_long_name_is_cut_and_a_strange_one_escaped():
    (call, _) = slots(made(ran=["a.long_name_" + "x" * 50]))
    assert len(call.text[1]) == MOST_LETTERS
    assert call.text[1].endswith("…")
    (call, _) = slots(made(ran=["A.\N{HIRAGANA LETTER A}"]))
    assert call.text[1].isascii()


DESCRIPTORS = st.sampled_from(["Port#1", "Server#1", "Server#2", "Server#3"])
EVENTS = st.tuples(DESCRIPTORS, st.sampled_from([READ, WRITTEN, "hang-up"]), st.integers(0, 10**7))


@st.composite
def some_turns(draw, most=12):
    turns = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        ready = sorted(draw(st.lists(EVENTS, max_size=6, unique_by=lambda each: each[:2])))
        ran = [f"{descriptor}.{'doRead' if event == READ else 'doWrite'}" for descriptor, event, _ in ready]
        ran = draw(st.lists(st.sampled_from(["f", "Deferred.callback"]), max_size=3)) + ran
        turns.append(made(number, ready, ran, draw(st.lists(DESCRIPTORS, unique=True))))
    return turns


@given(some_turns(), st.floats(150, 700))
def test_slots_keep_their_order_and_never_overlap(turns, room):
    placed = boxes(turns, room)
    assert [box.slot for box in placed] == [slot for turn in turns for slot in slots(turn)]
    for one, other in pairwise(placed):
        if other.band == one.band:
            assert other.x == one.x + one.wide
        else:
            assert (other.band, other.x) == (one.band + 1, 0)
    assert all(box.x == 0 or box.x + box.wide <= room for box in placed)


@pytest.mark.parametrize("room", range(200, 500, 20))
def test_a_turn_is_not_broken_if_it_fits_on_a_band_of_its_own(room):
    turns = [made(number, [("Server#1", READ, 5), ("Server#2", READ, 5)]) for number in range(1, 9)]
    placed = boxes(turns, room)
    for turn in turns:
        assert len({box.band for box in placed if box.slot.turn == turn.number}) == 1
    assert placed[-1].band > 0


@settings(max_examples=8)
@given(some_turns(most=6))
def test_every_text_can_be_read(turns):
    assert_legible(both(timeline, turns))


def test_the_picture_says_what_it_shows():
    picture = both(timeline, an_answer())
    assert_legible(picture)
    written = texts(picture)
    assert {"reactor", "Port#1", "Server#1", "accept", "read", "5 bytes", "turn 4", "the connection is lost"} <= {
        *written
    }
    assert written.count("w") == 2  # in turn 3, and in the legend
    assert picture.alt == (
        "Timeline: 4 turns of the reactor; time runs to the right. Lanes: reactor, Port#1, Server#1. "
        "Turn 1: Port#1 accept. Turn 2: Server#1 read 5 bytes. Turn 3: Server#1 write 5 bytes. "
        "Turn 4: Server#1 read 0 bytes, the connection is lost."
    )


def test_the_same_turns_give_the_same_bytes():
    assert timeline(an_answer()).png == timeline(an_answer()).png


def test_more_turns_than_asked_for_are_counted():
    picture = timeline([made(number, readers=["Port#1"]) for number in range(1, 31)], most=3)
    assert "30 turns of the reactor, the first 3 of them" in picture.alt
    assert not {"turn 4", "4"} & set(texts(picture))


def test_no_turn_at_all_is_a_picture_too():
    picture = timeline([])
    assert_legible(picture)
    assert picture.alt.startswith("Timeline: 0 turns of the reactor")
