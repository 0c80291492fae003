"""Kept values are small, unchanging and safe to make, whatever the live value is."""

import enum
import gc
import io
import json
import math
import sys
import threading
import weakref
from collections import OrderedDict, namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from twisted.web.server import Request

from snippets.lens.kept import (
    LONGEST,
    MISSING,
    MOST_ITEMS,
    Cut,
    Items,
    Keeper,
    Label,
    Named,
    Raised,
    same,
    show,
    to_json,
)


class Thing:
    pass


class Slotted:
    __slots__ = ()


class Hostile:
    """Everything that a careless look at an object calls, raises."""

    def _refuse(self, *args):
        raise RuntimeError("looked at")

    __repr__ = __str__ = __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __getattr__ = __format__ = _refuse
    __class__ = property(_refuse)


class HostileKind(type):
    """A class of classes that can't be hashed, compared or asked for their name."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("compared")

    def __getattribute__(self, name):
        raise RuntimeError("asked")


class OfHostileKind(metaclass=HostileKind):
    pass


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    pass


class Data(bytes):
    pass


Pair = namedtuple("Pair", "left right")

RELEASED = memoryview(b"gone")
RELEASED.release()

atoms = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
live = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner) | st.sets(st.integers())
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, b"", b"GET /", "", "text", b"x" * LONGEST])
def test_what_is_small_and_unchanging_is_kept_as_it_is(value):
    assert Keeper().keep(value) is value


@pytest.mark.parametrize("value", [b"ab" * LONGEST, "ab" * LONGEST], ids=["bytes", "str"])
def test_what_is_long_is_cut_and_says_how_long_it_was(value):
    kept = Keeper().keep(value)
    assert kept == Cut(value[:LONGEST], 2 * LONGEST)
    assert str(2 * LONGEST) in show(kept)
    assert len(show(kept, 60)) <= 64


def test_a_mutable_value_is_kept_as_it_was():
    keeper = Keeper()
    buffer, items, table = bytearray(b"GET"), [b"a"], {b"a": [b"1"]}
    kept = [keeper.keep(value) for value in (buffer, memoryview(buffer), items, table)]
    buffer[:] = b"PUT"
    items.append(b"b")
    table[b"a"].append(b"2")
    table[b"b"] = []
    assert [show(value) for value in kept] == ["b'GET'", "b'GET'", "[b'a']", "{b'a': [b'1']}"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bytearray(b"x" * 1000), Cut(b"x" * LONGEST, 1000)),
        (memoryview(b"x" * 1000), Cut(b"x" * LONGEST, 1000)),
        (memoryview(bytes(1000)).cast("I"), Cut(bytes(LONGEST), 1000)),
        (memoryview(b"abcd").cast("B", (2, 2)), b"abcd"),
        (memoryview(b"abcd")[::2], b"ac"),
    ],
    ids=["bytearray", "memoryview", "of integers", "of two dimensions", "with gaps"],
)
def test_buffers_are_kept_as_bytes(value, expected):
    assert Keeper().keep(value) == expected


def test_a_bytearray_can_grow_while_it_is_looked_at_and_after():
    buffer = bytearray(b"x" * 1000)
    Keeper().keep(buffer)
    buffer += b"y"  # BufferError, if a view of it were still held
    assert len(buffer) == 1001


def test_containers_show_their_first_items_and_how_many_more():
    assert show(Keeper().keep(list(range(MOST_ITEMS + 3)))) == "[0, 1, 2, 3, 4, 5, and 3 more]"
    assert show(Keeper().keep({1: 2})) == "{1: 2}"
    assert show(Keeper().keep(set())) == "set()"


@pytest.mark.parametrize("value", [(2,), (2, 3), (), [2], {2}, set(), frozenset(), {}, {(2,): (3,)}])
def test_short_containers_are_shown_as_python_writes_them(value):
    assert show(Keeper().keep(value)) == repr(value)


def test_what_is_deep_inside_shows_that_there_is_more():
    assert show(Keeper().keep([[["deep"]]])) == "[[[…]]]"
    assert show(Keeper().keep([{"a": {"b": 1}}, [{}]])) == "[{'a': {…}}, [{}]]"
    assert show(Keeper().keep({((1,),): [[2]]})) == "{((…),): [[…]]}"


def test_a_list_that_holds_itself():
    loop: list = []
    loop.append(loop)
    assert show(Keeper().keep(loop)) == "[[[…]]]"


def test_a_set_has_no_label_once_it_was_met_inside():
    keeper, deep = Keeper(), {1}
    keeper.keep([[deep]])
    assert show(keeper.keep(deep)) == "{1}"


def test_objects_are_numbered_class_by_class_in_the_order_they_are_met():
    keeper = Keeper()
    first, second, other = Thing(), Thing(), OrderedDict()
    kept = [keeper.keep(value) for value in (first, other, second, first)]
    assert kept == ["Thing#1", "OrderedDict#1", "Thing#2", "Thing#1"]
    assert all(type(label) is Label for label in kept)


def test_a_class_is_called_by_its_name():
    assert show(Keeper().keep(Request)) == "Request"


def test_a_label_reads_the_same_inside_a_tuple():
    assert repr((Label("Request#1"), b"x")) == "(Request#1, b'x')"


# Made in the test that keeps them: pytest looks at its parameters more closely than a keeper may.
VALUES = {
    "failure": lambda: Failure(ValueError("x")),
    "deferred": Deferred,
    "BytesIO": lambda: io.BytesIO(b"x"),
    "headers": lambda: Headers({b"a": [b"b"]}),
    "class": lambda: Thing,
    "builtin": lambda: len,
    "function": lambda: test_no_code_of_the_value_runs,
    "module": lambda: sys,
    "enum": lambda: Colour.RED,
    "enum of integers": lambda: Number.ONE,
    "namedtuple": lambda: Pair(1, 2),
    "huge integer": lambda: 10**10_000,
    "huge negative integer": lambda: -(10**10_000),
    "nan": lambda: math.nan,
    "infinity": lambda: -math.inf,
    "subclass of str": lambda: Text("x"),
    "subclass of bytes": lambda: Data(b"x"),
    "no weak reference": Slotted,
    "hostile": Hostile,
    "in a list": lambda: [Hostile(), {1: Hostile()}],
    "of a hostile kind": OfHostileKind,
    "hostile kind": lambda: OfHostileKind,
    "released memoryview": lambda: RELEASED,
    "bound method": lambda: Thing().__init__,
    "iterator": lambda: iter(()),
    "generator": lambda: (each for each in ()),
    "dead proxy": lambda: weakref.proxy(Thing()),
    "lone surrogate": lambda: "\ud800",
    "class with a line break": lambda: type("line\nbreak", (), {})(),
    "dict with odd keys": lambda: {Pair(1, 2): Thing, None: 2},
}


@pytest.mark.parametrize("name", VALUES)
def test_every_value_can_be_kept_shown_and_stored(name):
    kept = Keeper().keep(VALUES[name]())
    assert type(kept) in (Label, Cut, Items, int, float, str)
    shown = show(kept)
    assert shown.isprintable()
    assert len(shown) < 100
    assert json.dumps(to_json(kept), allow_nan=False)


def test_no_code_of_the_value_runs():
    seen = []

    class Spy:
        def __getattribute__(self, name):
            seen.append(name)
            return object.__getattribute__(self, name)

        def __eq__(self, other):
            seen.append("==")
            return True

        __hash__ = None

    keeper, spy = Keeper(), Spy()
    keeper.keep([spy, {"spy": spy}])
    keeper.keep(spy)
    assert seen == []


def test_a_value_is_not_held_alive():
    keeper, thing = Keeper(), Thing()
    dead = weakref.ref(thing)
    kept = keeper.keep([thing, {"a": thing}])
    del thing
    assert dead() is None
    assert show(kept) == "[Thing#1, {'a': Thing#1}]"


def test_a_label_is_never_given_to_another_object():
    keeper = Keeper()
    ids, labels = set(), []
    for _ in range(1000):
        thing = Thing()
        ids.add(id(thing))
        labels.append(keeper.keep(thing))
        del thing
    assert len(set(labels)) == 1000
    assert len(ids) < 1000, "no address was used twice, so nothing was tested"


def test_a_label_is_never_given_to_another_object_after_a_collection():
    keeper = Keeper()
    labels = []
    gc.freeze()  # so that a collection looks at what is made here, and not at all that other tests have imported
    try:
        for _ in range(8):
            thing = Thing()
            thing.itself = thing
            labels.append(keeper.keep(thing))
            dead = weakref.ref(thing)
            del thing
            gc.collect()
            assert dead() is None
    finally:
        gc.unfreeze()
    assert len(set(labels)) == 8


def test_what_has_no_weak_reference_has_no_number():
    assert Keeper().keep(Slotted()) == "Slotted"
    assert Keeper().keep(Pair(1, 2)) == "Pair"


def test_two_threads_that_meet_an_object_together_give_it_one_label():
    keeper, things = Keeper(), [Thing() for _ in range(200)]
    barrier = threading.Barrier(2)
    labels: list[list[str]] = [[], []]

    def look(number: int) -> None:
        for thing in things:
            barrier.wait(10)
            labels[number].append(keeper.keep(thing))

    threads = [threading.Thread(target=look, args=[number]) for number in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert labels[0] == labels[1]
    assert len(set(labels[0])) == len(things)


@given(live)
def test_what_is_kept_is_the_same_each_time_and_can_be_written_as_json(value):
    kept = Keeper().keep(value)
    assert same(Keeper().keep(value), kept)
    assert json.loads(json.dumps(to_json(kept), allow_nan=False)) == to_json(kept)


@given(live)
def test_what_is_kept_can_be_shown_in_a_line(value):
    shown = show(Keeper().keep(value), 60)
    assert "\n" not in shown
    assert len(shown) <= 100


@pytest.mark.parametrize(
    ("value", "written"),
    [(5, 5), (-1, -1), (2**63 - 1, 2**63 - 1), (2**63, {"int": hex(2**63)}), (-(2**63), {"int": hex(-(2**63))})],
)
def test_a_number_is_written_as_one_as_long_as_any_reader_of_json_can_take_it(value, written):
    assert to_json(value) == written


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        (1, True, False),
        (1, 1.0, False),
        (0.0, -0.0, False),
        (Items("list", (1,), 1), Items("list", (True,), 1), False),
        (Label("Thing#1"), "Thing#1", False),
        (b"a", "a", False),
        (MISSING, None, False),
        (math.nan, float("nan"), True),
        (Items("list", (1,), 1), Items("list", (1,), 1), True),
        (10**5000, 10**5000, True),
    ],
    ids=range(10),
)
def test_same_is_stricter_than_equal(old, new, equal):
    assert same(old, new) is equal


def test_what_is_written_of_the_rest():
    assert to_json(Named("size", b"5")) == {"named": "size", "value": {"bytes": "5"}}
    assert to_json(Raised("ValueError", "no")) == {"raised": "ValueError", "text": "no"}
    assert to_json(Cut(b"x", 500)) == {"cut": {"bytes": "x"}, "length": 500}
    assert to_json(MISSING) == {"missing": True}


def test_what_is_shown_of_the_rest():
    assert show(Named("size", 5)) == "size=5"
    assert show(Raised("ValueError", "no\nsuch \x1b[31mthing")) == r"ValueError: no\nsuch \x1b[31mthing"
    assert show(Raised("ValueError", "")) == "ValueError"
    assert show(MISSING) == "-"
    assert show("x" * 100, 20) == "'xxxxxxxxxxxxxxxxx…'"
    assert show(2**200).startswith("0x1000")
