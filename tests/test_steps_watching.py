"""Steps say which watched attributes changed, of the objects that were met, and keep none of these alive."""

import gc
import weakref

from snippets.lens.steps import steps
from tests import stepped_programs as programs
from tests.test_steps import HERE, here, told

WATCH = {f"{HERE}:Basket": ["size", "things", "__secret", "weight"]}


class TestWatching:
    def test_attributes_of_the_objects_that_are_arguments(self):
        with steps(here("Basket.put"), WATCH) as run:
            programs.Basket().put("x")
        assert told(run) == [
            "0 call Basket.put self=Basket#1 thing='x' Basket#1.size=0 Basket#1.__secret=1",
            "0 line 1",
            "0 line 2 Basket#1.things=['x']",
            "0 line 3 Basket#1.size=1 Basket#1.weight=10",
            "0 line 4 Basket#1.__secret=None",
            "0 return 4 -> Basket#1",
        ]

    def test_an_attribute_that_goes(self):
        basket = programs.Basket().put("x")
        with steps(here("Basket.clear"), {f"{HERE}:Basket": ["things"]}) as run:
            basket.clear()
        assert told(run)[-1] == "0 return 1 Basket#1.things=- -> None"

    def test_a_subclass_that_overrides(self):
        with steps(here("Basket.put"), {f"{HERE}:Basket": ["size"]}) as run:
            programs.Box().put(None)
        assert [each.name for each in run.functions] == here("Box.put", "Basket.put")
        assert told(run)[:3] == [
            "0 call Box.put self=Box#1 thing=None Box#1.size=0",
            "0 line 1",
            "1 call Basket.put self=Box#1 thing=None",
        ]

    def test_what_a_getter_runs_is_no_step(self):
        with steps(here("Basket.put", "Basket.weight"), WATCH) as run:
            programs.Basket().put("x")
        assert {each.name for each in run.functions} == set(here("Basket.put"))

    def test_a_change_between_two_calls_stands_at_the_next_step_of_any(self):
        basket = programs.Basket()
        with steps(here("Basket.put", "half"), {f"{HERE}:Basket": ["size"]}) as run:
            basket.put(1)
            basket.size = 7
            programs.half(2)
        assert "1 call half number=2 Basket#1.size=7" in told(run)

    def test_nothing_is_kept_alive(self):
        with steps(here("Basket.put", "half"), WATCH) as run:
            basket = programs.Basket().put(programs.Basket())
            gone = weakref.ref(basket)
            del basket
            gc.collect()
            assert gone() is None
            programs.half(1)
        assert told(run)[-1] == "1 return 2 -> 0"

    def test_an_object_whose_place_another_takes_is_not_taken_for_it(self):
        with steps(here("Basket.put"), {f"{HERE}:Basket": ["size"]}) as run:
            for _ in range(5):
                programs.Basket().put(None)
        labels = [change.holder for step in run.steps for change in step.changes if change.holder]
        assert sorted(set(labels)) == [f"Basket#{number}" for number in range(1, 6)]

    def test_attributes_alone_without_variables(self):
        with steps(here("Basket.put"), {f"{HERE}:Basket": ["size"]}, variables=False) as run:
            programs.Basket().put("x")
        assert told(run) == [
            "0 call Basket.put Basket#1.size=0",
            "0 line 1",
            "0 line 2",
            "0 line 3 Basket#1.size=1",
            "0 line 4",
            "0 return 4 -> Basket#1",
        ]


def test_a_subclass_whose_method_has_no_lines_is_left_out():
    """One that was made at run time, and one that has something else in the place of the method."""
    made = type("Made", (programs.Basket,), {"put": eval("lambda self, thing: thing"), "clear": None})
    with steps(here("Basket.put", "Basket.clear")) as run:
        assert made().put("x") == "x"
        programs.Basket().put("x")
    assert [each.name for each in run.functions] == here("Basket.put")
