"""Steps are told in order, with what each changed: spelled out, and so the same on every supported Python."""

import contextlib

import pytest
from twisted.internet.defer import Deferred

from snippets.lens.errors import LensError
from snippets.lens.kept import show
from snippets.lens.steps import Steps, steps
from tests import stepped_programs as programs

HERE = programs.__name__


def here(*names: str) -> list[str]:
    return [f"{HERE}:{name}" for name in names]


def told(run: Steps) -> list[str]:
    """Each step in a line: the number of its call, its kind, its line in the function, its changes, its value."""
    rows = []
    for step in run.steps:
        function = run.function_of(step)
        at = function.name.partition(":")[2] if step.kind == "call" else str(step.line - function.listed_from)
        changes = [f"{f'{c.holder}.' if c.holder else ''}{c.name}={show(c.value)}" for c in step.changes]
        value = [f"-> {show(step.value)}"] if step.kind in ("return", "raise", "yield") or step.value else []
        rows.append(" ".join([str(step.call), step.kind, at, *changes, *value]))
    return rows


class TestOrder:
    def test_a_line_is_about_to_run_and_its_effect_stands_in_the_next_step(self):
        with steps(here("half")) as run:
            programs.half(9)
        assert told(run) == ["0 call half number=9", "0 line 1", "0 line 2 rest=4", "0 return 2 -> 4"]
        assert (run.calls, [each.name for each in run.functions]) == ([0], here("half"))
        assert repr(run) == "<Steps: 4 steps in 1 calls of 1 functions>"

    def test_calls_inside_one_another(self):
        with steps(here("half", "twice")) as run:
            programs.twice(4)
        assert told(run) == [
            "0 call twice number=4",
            "0 line 1",
            "1 call half number=4",
            "1 line 1",
            "1 line 2 rest=2",
            "1 return 2 -> 2",
            "0 line 2 total=2",
            "2 call half number=4",
            "2 line 1",
            "2 line 2 rest=2",
            "2 return 2 -> 2",
            "0 line 3 total=4",
            "0 return 3 -> 4",
        ]
        assert run.calls == [0, 1, 1], "functions are numbered by their first call"

    def test_functions_and_lambdas_inside(self):
        with steps(here("has_inside")) as run:
            programs.has_inside(3)
        assert told(run) == [
            "0 call has_inside number=3",
            "0 line 1",
            "0 line 4 inner=function#1",
            "1 call has_inside.<locals>.inner more=1 number=3",
            "1 line 2",
            "1 return 2 -> 4",
            "2 call has_inside.<locals>.<lambda> number=3",
            "2 line 4",
            "2 return 4 -> 3",
            "0 return 4 -> 7",
        ]
        assert {each.listing for each in run.functions} == {f"{HERE}:has_inside"}

    def test_arguments_come_in_their_order_and_those_for_the_rest_are_among_them(self):
        with steps(here("takes")) as run:
            programs.takes("b", "c", first="a", more="d")
        assert told(run)[0] == "0 call takes second='b' first='a' rest=('c',) all={'more': 'd'}"

    def test_the_body_of_a_class_has_no_variables(self):
        with steps(here("has_a_class_inside")) as run:
            programs.has_a_class_inside(1)
        assert told(run)[2:5] == ["1 call has_a_class_inside.<locals>.Kept", "1 line 2", "1 return 2 -> None"]

    def test_a_value_that_changes_in_place_and_a_name_that_goes(self):
        with steps(here("forgets")) as run:
            programs.forgets()
        assert told(run)[2:] == [
            "0 line 2 value=[1]",
            "0 line 3 value=[1, 2]",
            "0 line 4 value=-",
            "0 return 4 -> None",
        ]

    def test_without_variables_the_order_alone(self):
        with steps(here("half"), variables=False) as run:
            programs.half(9)
        assert told(run) == ["0 call half", "0 line 1", "0 line 2", "0 return 2 -> 4"]


class TestExceptions:
    def test_an_exception_that_is_caught(self):
        with steps(here("catches", "fails")) as run:
            programs.catches("k")
        assert told(run) == [
            "0 call catches key='k'",
            "0 line 1",
            "0 line 2",
            "1 call fails key='k'",
            "1 line 1",
            "1 line 2 table={}",
            "1 raise 2 -> KeyError: 'k'",
            "0 line 3",
            "0 line 4 error=KeyError",
            "0 line 5 error=- kind='KeyError'",
            "0 return 5 -> 'KeyError'",
        ]

    @pytest.mark.parametrize("name", ["raises_again", "raises_bare"])
    def test_an_exception_that_is_raised_again_is_told_and_not_the_last_one(self, name):
        with steps(here(name)) as run, pytest.raises(KeyError, match="a"):
            getattr(programs, name)()
        assert told(run)[-1].endswith(" -> KeyError: 'a'")
        assert told(run)[-1].startswith("0 raise ")

    def test_an_exception_through_a_context(self):
        with steps(here("leaves_a_context")) as run:
            with pytest.raises(KeyError):
                programs.leaves_a_context(contextlib.nullcontext())
            programs.leaves_a_context(contextlib.suppress(KeyError))
        assert told(run) == [
            "0 call leaves_a_context manager=nullcontext#1",
            "0 line 1",
            "0 line 2",
            "0 line 1",
            "0 raise 1 -> KeyError: 'a'",
            "1 call leaves_a_context manager=suppress#1",
            "1 line 1",
            "1 line 2",
            "1 line 1",
            "1 return 1 -> None",
        ]


class TestGenerators:
    def test_it_yields_and_goes_on_in_the_same_call(self):
        with steps(here("counts")) as run:
            running = programs.counts(1)
            assert told(run) == [], "nothing of it has run"
            assert next(running) == 0
            assert next(running, None) is None
        assert told(run) == [
            "0 call counts limit=1",
            "0 line 1",
            "0 line 2 number=0",
            "0 yield 2 -> 0",
            "0 resume 2",
            "0 line 1 got=None",
            "0 line 3",
            "0 return 3 -> 'end'",
        ]

    def test_two_of_them_by_turns(self):
        with steps(here("counts")) as run:
            one, two = programs.counts(2), programs.counts(2)
            for each in (one, two, one, two):
                next(each)
        assert [row for row in told(run) if "yield" in row] == [
            *("0 yield 2 -> 0", "1 yield 2 -> 0", "0 yield 2 -> 1", "1 yield 2 -> 1")
        ]
        assert [row for row in told(run) if "number" in row] == [
            *("0 line 2 number=0", "1 line 2 number=0", "0 line 2 number=1", "1 line 2 number=1")
        ]

    def test_an_exception_thrown_into_it(self):
        with steps(here("tries")) as run:
            running = programs.tries()
            next(running)
            assert running.throw(ValueError("v")) == 2
            with pytest.raises(KeyError):
                running.throw(KeyError("k"))
        assert told(run) == [
            "0 call tries",
            "0 line 1",
            "0 line 2",
            "0 yield 2 -> 1",
            "0 resume 2 -> ValueError: v",
            "0 line 3",
            "0 line 4",
            "0 yield 4 -> 2",
            "0 resume 4 -> KeyError: 'k'",
            "0 line 6",
            "0 raise 6 done=True -> KeyError: 'k'",
        ]

    def test_one_that_is_closed_tells_what_ran_and_else_nothing(self):
        with steps(here("tries", "counts")) as run:
            for function in (programs.counts, programs.tries):
                running = function(*[3] * (function is programs.counts))
                next(running)
                running.close()
                function(*[3] * (function is programs.counts)).close()
        assert told(run) == [
            "0 call counts limit=3",
            "0 line 1",
            "0 line 2 number=0",
            "0 yield 2 -> 0",
            "1 call tries",
            "1 line 1",
            "1 line 2",
            "1 yield 2 -> 1",
            "1 resume 2 -> GeneratorExit",
            "1 line 3",
            "1 line 6",
            "1 raise 6 done=True -> GeneratorExit",
        ]

    def test_one_that_waits_for_another(self):
        with steps(here("delegates", "tries")) as run:
            running = programs.delegates()
            next(running)
            assert running.throw(ValueError) == 2
            assert next(running, "over") == "over"
        assert told(run) == [
            "0 call delegates",
            "0 line 1",
            "1 call tries",
            "1 line 1",
            "1 line 2",
            "1 yield 2 -> 1",
            "0 yield 1 -> 1",
            "1 resume 2 -> ValueError",
            "1 line 3",
            "1 line 4",
            "1 yield 4 -> 2",
            "0 resume 1",
            "1 resume 4",
            "1 line 6",
            "1 return 6 done=True -> None",
            "0 line 2 got=None",
            "0 return 2 -> None",
        ]

    def test_what_ends_while_an_exception_is_thrown_through(self):
        with steps(here("delegates")) as run:
            running = programs.delegates()
            next(running)
            assert running.throw(ValueError) == 2
            with pytest.raises(ValueError, match="again"):
                running.throw(ValueError("again"))
        assert told(run) == [
            "0 call delegates",
            "0 line 1",
            "0 yield 1 -> 1",
            "0 resume 1 -> ValueError: again",
            "0 raise 1 -> ValueError: again",
        ]

    def test_one_that_waits_while_it_handles_an_exception_and_raises_it_again(self):
        with steps(here("waits_while_it_handles")) as run:
            running = programs.waits_while_it_handles()
            next(running)
            with pytest.raises(KeyError, match="a"):
                next(running)
        assert told(run)[-3:] == ["0 resume 7", "0 line 8", "0 raise 8 -> KeyError: 'a'"]

    def test_inline_callbacks(self):
        first, second = Deferred(), Deferred()
        with steps(here("adds")) as run:
            result = programs.adds(first, second)
            first.callback(1)
            second.errback(ZeroDivisionError("by nothing"))
        assert result.result is None
        assert told(run) == [
            "0 call adds first=Deferred#1 second=Deferred#2",
            "0 line 2",
            "0 yield 2 -> Deferred#1",
            "0 resume 2",
            "0 line 3 total=1",
            "0 line 4",
            "0 yield 4 -> Deferred#2",
            "0 resume 4 -> ZeroDivisionError: by nothing",
            "0 line 5",
            "0 line 6",
            "0 line 7 total=None",
            "0 return 7 -> None",
        ]

    def test_one_that_waited_before_the_block_goes_on_in_it(self):
        running = programs.counts(2)
        next(running)
        never_seen = programs.counts(2)
        next(never_seen)
        with steps(here("counts")) as run:
            never_seen.close()
            next(running)
        assert told(run) == [
            "0 resume 2 limit=2 number=0",
            "0 line 1 got=None",
            "0 line 2 number=1",
            "0 yield 2 -> 1",
        ]
        assert len(run.functions) == 1


class TestMeasured:
    def test_numbers_are_kept_with_each_step(self):
        basket = programs.Basket()
        with steps(here("Basket.put"), measure=lambda: (basket.size,)) as run:
            basket.put(None)
        assert [step.measured for step in run.steps] == [(0,), (0,), (0,), (1,), (1,), (1,)]


class TestLimit:
    @pytest.mark.parametrize(("limit", "stopped"), [(1, True), (5, True), (10, True), (11, False), (12, False)])
    def test_after_so_many_steps_it_stops_and_says_so(self, limit, stopped):
        with steps(here("many", "half"), limit=limit) as run:
            programs.many(3)  # a call, 4 + 3 lines, a return
            assert len(run) == min(limit, 9)
            with contextlib.suppress(TypeError):
                programs.half(None)
        assert len(run) == min(limit, 12)
        assert run.stopped == (limit < 12)
        assert ("stopped" in repr(run)) == run.stopped
        assert run.calls == [0] if limit < 10 else [0, 1]

    @pytest.mark.parametrize("limit", [0, -1, "9", 1.5, None])
    def test_a_limit_that_is_none(self, limit):
        with pytest.raises(LensError, match="at least 1"), steps(here("half"), limit=limit):
            pytest.fail("a block was entered")

    def test_a_generator_that_goes_on_counts_too(self):
        for limit in range(1, 9):
            with steps(here("tries"), limit=limit) as run:
                running = programs.tries()
                next(running)
                running.close()
            assert len(run) == min(limit, 8)
            assert run.stopped == (limit < 8)


@pytest.mark.parametrize(
    ("names", "watch", "said"),
    [
        (["HTTPChannel.lineRecieved"], None, "did you mean HTTPChannel.lineReceived"),
        (["HTTPChannel"], None, "is a class"),
        ("HTTPChannel.lineReceived", None, "names come in a list"),
        (["HTTPChannel.lineReceived"], {"HTTPChanel": ["x"]}, "no class called"),
        (["HTTPChannel.lineReceived"], {"HTTPChannel": ["x y"]}, "is no attribute"),
        (["HTTPChannel.lineReceived"], ["HTTPChannel"], "by class"),
        (["_GenericHTTPChannelProtocol.connectionLost"], None, "no lines of its own"),
    ],
)
def test_what_cannot_be_followed_is_refused(names, watch, said):
    with pytest.raises(LensError, match=said) as refusal, steps(names, watch):
        pytest.fail("a block was entered")
    assert "\n" not in str(refusal.value)
