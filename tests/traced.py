"""What the tests of recordings record: a class with every kind of method, and a site with its conversations."""

import inspect
import sys
import types

from hypothesis import strategies as st
from incremental import Version
from twisted.internet.defer import inlineCallbacks
from twisted.internet.interfaces import IProtocol
from twisted.python.components import proxyForInterface
from twisted.python.deprecate import deprecated
from twisted.web import resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.logged import logged
from snippets.lens.names import can_be_recorded
from snippets.lens.wire import Wire

HERE = __name__
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def here(*names: str) -> list[str]:
    return [f"{HERE}:{name}" for name in names]


class Leave(BaseException):
    """No Exception, as KeyboardInterrupt is none."""


class Page:
    """What is recorded in most of these tests."""

    level = 0
    __secret = 1

    def __init__(self, title=b""):
        self.title = title
        self.parts = []
        self._depth = 0
        self.child = None

    def render(self, request, *, twice=False):
        return self.write(request) if not twice else [self.write(request), self.write(request)]

    def write(self, data):
        self.parts.append(data)
        return len(data)

    def fail(self, error):
        raise error

    def hide(self, value):
        self.__secret = value

    def set(self, name, value):
        setattr(self, name, value)

    def delete(self, name):
        delattr(self, name)

    @staticmethod
    def join(left, right=b""):
        return left + right

    @classmethod
    def of_class(cls, title):
        return cls(title)

    @property
    def length(self):
        """How long the title is."""
        return len(self.title)

    @length.setter
    def length(self, value):
        self.title = b"x" * value

    @deprecated(Version("snippets", 1, 0, 0))
    def old(self):
        return b"old"

    @inlineCallbacks
    def in_steps(self, deferred):
        value = yield deferred
        return value

    def pieces(self, count):
        yield from range(count)

    async def arrive(self):
        return 5

    def __eq__(self, other):
        return self is other

    __hash__ = None

    def recursive(self, depth):
        return 0 if depth == 0 else 1 + self.recursive(depth - 1)


class SubPage(Page):
    def render(self, request, **options):
        return super().render(request, **options)


class SubSubPage(SubPage):
    @staticmethod
    def join(left, right=b""):
        return b"sub"

    def render(self, request, **options):
        return super().render(request, **options)


class Odd(Page):
    """Overrides methods with what is no method."""

    render = None
    write = len
    hide = dict
    length = 5
    fail = types.SimpleNamespace()


def plain(value):
    return value


class Proxy(proxyForInterface(IProtocol, "_behind")):
    """Has the methods of a protocol."""


class OtherProxy(Proxy):
    def dataReceived(self, data):
        return Proxy.dataReceived(self, data)


class Behind:
    """What stands behind the proxy."""

    factory = None

    def __init__(self):
        self.got = []

    def dataReceived(self, data):
        self.got.append(data)
        return len(data)

    def connectionLost(self, reason):
        raise Leave(reason)


class Watched(Page):
    @property
    def broken(self):
        raise ValueError

    @property
    def noisy(self):
        return self.write(b"looked") and self.length

    def touch(self, value=None):
        self.level = value
        return value


class HTTPish:
    """Its private names are its own."""

    def __init__(self):
        self.__header = b""
        self.inner = Behind()

    def feed(self, data):
        self.__header += data
        self.inner.factory = True


class _Underscored:
    def __init__(self):
        self.__value = 1

    def bump(self):
        self.__value += 1


class Tree:
    """Calls that call others as a plan says, and write down when they begin."""

    def __init__(self):
        self.begun = []
        self.depth = 0

    def run(self, plan):
        name, raises, children = plan
        recorded = name in "ab"
        if recorded:
            self.begun.append((self.depth, name))
        self.depth += recorded
        try:
            for child in children:
                try:
                    self.call(child)
                except Leave:
                    if len(child[2]) % 2:  # some are passed on
                        raise
            if raises:
                raise Leave
        finally:
            self.depth -= recorded
        return name

    def call(self, plan):
        return getattr(self, plan[0])(plan)

    def a(self, plan):
        return self.run(plan)

    def b(self, plan):
        return self.run(plan)

    def c(self, plan):
        """Not recorded."""
        return self.run(plan)


OWNERS = (
    "twisted.web.http",
    "twisted.web.server",
    "twisted.web.resource",
    "twisted.protocols.basic",
    "twisted.internet.tcp",
    "twisted.internet.abstract",
)


def of_class(cls: type) -> list[str]:
    return [f"{cls.__module__}:{cls.__qualname__}.{name}" for name in vars(cls)]


def can_be_recorded_by(name: str) -> bool:
    owner, _, attribute = name.partition(":")[2].rpartition(".")
    scope = sys.modules[name.partition(":")[0]]
    return can_be_recorded(vars(getattr(scope, owner) if owner else scope)[attribute])


def every_function() -> list[str]:
    """All functions, methods and properties of the modules that a request passes through."""
    names = []
    for module_name in OWNERS:
        for name, value in vars(sys.modules[module_name]).items():
            if inspect.isfunction(value):
                names.append(f"{module_name}:{name}")
            elif inspect.isclass(value) and value.__module__ == module_name:
                names += of_class(value)
    return [name for name in names if can_be_recorded_by(name)]


EVERY = every_function()


class Site(resource.Resource):
    """Answers at once, in two parts, later, never, or with an error."""

    isLeaf = True

    def render_GET(self, request):
        last = request.postpath[-1:] or [b""]
        if last == [b"error"]:
            raise ZeroDivisionError("in the page")
        if last == [b"parts"]:
            request.write(b"one")
            request.write(b"two")
            request.finish()
            return NOT_DONE_YET
        if last == [b"never"]:
            return NOT_DONE_YET
        return b"answer to " + request.uri

    def render_POST(self, request):
        return repr((request.args, request.content.read())).encode()


def conversation(data: bytes, sizes: list[int]) -> tuple:
    """All that a client and a log see of a conversation."""
    with logged() as failures:
        outcome: object = None
        wire = Wire(Site(), timeout=30)
        answers = []
        try:
            answers.append(wire.send(data, sizes))
            answers.append(wire.advance(31))
            wire.disconnect()
        except Exception as error:
            outcome = (type(error).__name__, str(error))
    return answers, wire.closed, outcome, [(failure.type.__name__, str(failure.value)) for failure in failures]


LINES = [
    b"GET / HTTP/1.1\r\n",
    b"GET /a%2Fb/error?x=1 HTTP/1.1\r\n",
    b"GET /parts HTTP/1.0\r\n",
    b"GET /never HTTP/1.1\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"POST /form HTTP/1.1\r\n",
    b"BREW /pot HTTP/1.1\r\n",
    b"Host: x\r\n",
    b"Connection: close\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: x\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Type: application/x-www-form-urlencoded\r\n",
    b"Expect: 100-continue\r\n",
    b" folded\r\n",
    b"no colon\r\n",
    b"\r\n",
    b"a=b",
    b"3\r\nabc\r\n0\r\n\r\n",
    GET,
]


conversations = st.lists(st.sampled_from(LINES) | st.binary(max_size=20), max_size=12).map(b"".join)
