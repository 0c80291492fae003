"""Small programs whose steps the tests spell out; a formatter may not move their lines."""
# fmt: off
# ruff: noqa

from twisted.internet.defer import inlineCallbacks


def half(number):
    rest = number // 2
    return rest


def twice(number):
    total = half(number)
    total += half(number)
    return total


def fails(key):
    table = {}
    return table[key]


def catches(key):
    try:
        fails(key)
    except KeyError as error:
        kind = type(error).__name__
    return kind


def raises_again():
    try:
        fails("a")
    finally:
        try:
            fails("b")
        except KeyError:
            pass


def raises_bare():
    try:
        fails("a")
    except KeyError:
        try:
            fails("b")
        except KeyError:
            pass
        raise


def leaves_a_context(manager):
    with manager:
        fails("a")


def counts(limit):
    for number in range(limit):
        got = yield number
    return "end"


def tries():
    try:
        yield 1
    except ValueError:
        yield 2
    finally:
        done = True


def delegates():
    got = yield from tries()
    return got


@inlineCallbacks
def adds(first, second):
    total = yield first
    try:
        total += yield second
    except ZeroDivisionError:
        total = None
    return total


def forgets():
    value = [1]
    value.append(2)
    del value
    return None


def has_inside(number):
    def inner(more):
        return number + more

    return inner(1) + (lambda: number)()


def many(count):
    for _ in range(count):
        pass


class Basket:
    size = 0
    __secret = 1

    def put(self, thing):
        self.things = [*getattr(self, "things", []), thing]
        self.size += 1
        self.__secret = None
        return self

    def clear(self):
        del self.things

    @property
    def weight(self):
        if not self.size:
            raise ValueError("nothing in it")
        return self.size * 10


class Box(Basket):
    def put(self, thing):
        return super().put(thing)


def calls(function):
    value = function()
    return value


def waits_while_it_handles():
    try:
        fails("a")
    except KeyError:
        try:
            fails("b")
        except KeyError:
            yield 1
        raise


def begins(block, depth):
    began = block and block()
    return depth and begins(None, depth - 1) or began


def waits_or_begins(block):
    if block:
        return block()
    first = yield
    second = yield


def begins_and_goes_on(block):
    began = block()
    yield began
    yield began


def takes(second, *rest, first=1, **all):
    return rest


def has_a_class_inside(number):
    class Kept:
        more = number + 1
    return Kept.more


def one_line(): return 1
