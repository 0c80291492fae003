"""Programs of which each line says how often it is to run: "2x" where the statement that begins on it is visited twice."""
# A formatter would take one-line loops apart, and a linter would write shorter what is long on purpose.
# fmt: off
# ruff: noqa

import asyncio
import contextlib
import functools


def keep(function):
    return function


def branches():
    for value in (1, 2, 3):  # 4x
        if value == 1:  # 3x
            kind = "one"  # 1x
        elif value == 2:  # 2x
            kind = "two"  # 1x
        else:
            kind = "many"  # 1x
    if value == 5:  # 1x
        kind = "never"
    return kind  # 1x


def loops():
    count = 0  # 1x
    while count < 3:  # 4x
        count += 1  # 3x
    else:
        count = 0  # 1x
    for _ in range(5):  # 4x
        count += 1  # 4x
        if count == 2:  # 4x
            continue  # 1x
        if count == 4:  # 3x
            break  # 1x
    else:
        count = 9
    return count  # 1x


def forever():
    numbers = iter(range(3))  # 1x
    try:  # 1x
        while True:  # 4x
            next(numbers)  # 4x
    except StopIteration:  # 1x
        return None  # 1x


def one_line_loops():
    count = 0  # 1x
    while count < 3: count += 1  # 1x
    for _ in range(3): count += 1  # 1x
    if count: count = 0  # 1x
    return count  # 1x


def long_statements():
    value = dict(  # 1x
        a=1,
        b=[
            2,
            max(
                3, 4,
            ),
        ],
    )
    if (  # 1x
        value
        and len(
            value
        ) == 2
    ):
        value = (  # 1x
            """
one
  two
"""
        )
    return (  # 1x
        value
    )


def text_at_the_margin():
    """A docstring
that begins at the margin."""
    return (  # 1x
        """
x
"""
    )


def leaves_by_finally(early):
    try:  # 2x
        if early:  # 2x
            return 1  # 1x
        raise ValueError  # 1x
    except ValueError:  # 1x
        value = 2  # 1x
    else:
        value = 3
    finally:
        done = True  # 2x
    return value if done else None  # 1x


def cleans_up():
    for number in range(3):  # 4x
        try:  # 3x
            if number == 1:  # 3x
                raise KeyError  # 1x
        except KeyError as error:  # 1x
            last = error  # 1x
        finally:
            if number == 2:  # 3x
                last = None  # 1x
    return last  # 1x


def raises_through_finally(value):
    try:  # 2x
        raise KeyError  # 2x
    finally:
        if value:  # 2x
            value = 0  # 1x


def raises_another_in_finally(early):
    try:  # 2x
        try:  # 2x
            raise ValueError  # 2x
        finally:
            if early:  # 2x
                raise KeyError  # 1x
            early = True  # 1x
    except KeyError:  # 2x
        return early  # 1x
    except ValueError:  # 1x
        return None  # 1x


def contexts():
    for number in range(2):  # 3x
        with contextlib.suppress(ValueError):  # 4x
            if number:  # 2x
                raise ValueError  # 1x
    with (  # 2x
        contextlib.nullcontext(),
        contextlib.nullcontext() as value,
    ):
        return value  # 1x


def comprehensions():
    squares = [number * number for number in range(4)]  # 1x
    odd = {  # 1x
        number
        for number in squares
        if number % 2
    }
    table = {a: [b for b in range(a)] for a in odd}  # 1x
    lazy = (number for number in squares)  # 1x
    return sum(lazy) + sum(  # 1x
        1
        for _ in table
    )


def inner_functions():
    def add(number):  # 1x
        total = number + 1  # 3x
        return total  # 3x

    @keep  # 1x
    @functools.lru_cache(
        maxsize=None,
    )
    def double(
        number,
    ):
        return number * 2  # 1x

    class Holder:  # 1x
        kind = "holder"  # 1x

        def get(self):  # 1x
            return self.kind  # 2x

    triple = lambda number: number * 3  # 3x
    Holder().get(), Holder().get()  # 1x
    return add(1) + add(2) + add(3) + double(1) + double(1) + triple(1) + triple(2)  # 1x


def recursion(depth):
    if depth == 0:  # 6x
        return 0  # 1x
    below = recursion(depth - 1)  # 5x
    return below + 1  # 5x


def recursion_twice(depth):
    if depth:  # 15x
        recursion_twice(depth - 1), recursion_twice(depth - 1)  # 7x


def generator(count):
    for number in range(count):  # 8x
        got = yield number  # 5x
        if got:  # 5x
            count = got


def two_steps_in_one_statement():
    pair = (  # 1x
        (yield 1),
        (yield 2),
    )
    return pair  # 1x


def delegating():
    yield from generator(2)  # 1x
    yield -1  # 1x


def thrown_into():
    try:  # 1x
        yield 1  # 1x
    except ValueError:  # 1x
        yield 2  # 1x
    finally:
        done = True  # 1x
    return done


def matching(value):
    match value:  # 3x
        case 1:  # 3x
            return "one"  # 1x
        case [first, _] if (  # 2x
            first
        ):
            return "pair"  # 1x
        case _:  # 1x
            return "other"  # 1x


def propagates():
    try:  # 1x
        raises()  # 1x
    except ZeroDivisionError:  # 1x
        return True  # 1x


def raises():
    for number in (1, 0):  # 2x
        1 / number  # 2x
    return number


async def awaiting():
    await sleeping()  # 1x
    async with manager() as value:  # 2x
        async for number in counting():  # 3x
            value += number  # 2x
    return [number async for number in counting()]  # 1x


async def sleeping():
    await asyncio.sleep(0)  # 1x


async def counting():
    for number in range(2):  # 6x
        await asyncio.sleep(0)  # 4x
        yield number  # 4x


@contextlib.asynccontextmanager
async def manager():
    yield 1  # 1x


@keep
@contextlib.contextmanager
def decorated():
    """Under two decorators."""
    yield 1  # 1x
