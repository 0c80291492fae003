"""A conversation of a client with the demonstration site, as data, and how to have it over a connection."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from twisted.internet.interfaces import IReactorTime
from twisted.web.server import Request

from snippets.workshop.scenarios.demo_site import DemoSite


class Send(NamedTuple):
    """The client sends `data`, in pieces of `size` bytes, of the given sizes, or (None) whole."""

    data: bytes
    size: int | tuple[int, ...] | None = None


class Disconnect(NamedTuple):
    """The client closes: orderly, or with a reset."""

    reset: bool = False


class Advance(NamedTuple):
    """So many seconds pass on the clock of the site."""

    seconds: float


class Write(NamedTuple):
    """The resource writes `data` to the request that has waited longest."""

    data: bytes


class Finish(NamedTuple):
    """The resource finishes the request that has waited longest."""


class Reading(NamedTuple):
    """The client reads what comes, or no longer does, so that nothing more fits on the way to it."""

    on: bool


Step = Send | Disconnect | Advance | Write | Finish | Reading


class Scenario(NamedTuple):
    """A conversation: a name, what it shows in one sentence, its steps, and keyword arguments for `Site`."""

    name: str
    about: str
    steps: tuple[Step, ...]
    site_options: Mapping[str, object] = {}


def sent(name: str, about: str, data: bytes, size: int | tuple[int, ...] | None = None) -> Scenario:
    """A scenario in which the client sends `data`, and that is all."""
    return Scenario(name, about, (Send(data, size),))


class Connection(Protocol):
    """What `play` asks of a connection; `snippets.lens.wire.Wire` has it."""

    reading: bool

    @property
    def reactor(self) -> IReactorTime: ...

    @property
    def closed(self) -> bool: ...

    def send(self, data: bytes, size: int | Iterable[int] | None = None) -> bytes: ...

    def receive(self) -> bytes: ...

    def advance(self, seconds: float) -> bytes: ...

    def disconnect(self, reset: bool = False) -> None: ...


class Played(NamedTuple):
    """How a scenario went: what came back at each step, whether the server had closed in the end, and the errors
    that `Write` and `Finish` met ("RuntimeError: ...")."""

    responses: tuple[bytes, ...]
    closed: bool
    raised: tuple[str, ...]

    @property
    def response(self) -> bytes:
        """All that came back."""
        return b"".join(self.responses)


def play(scenario: Scenario, connect: Callable[..., Connection]) -> Played:
    """Have the conversation with a new demonstration site.

    Args:
        scenario: what to send, and when.
        connect: called with the root resource and the scenario's site options; `snippets.lens.wire.Wire` will do.

    To see what happened, play inside `snippets.lens.trace.record` or `snippets.lens.lines.lines`.
    """
    site = DemoSite()
    connection = connect(site, **scenario.site_options)
    raised: list[str] = []
    responses = tuple(take(step, connection, site, raised) for step in scenario.steps)
    return Played(responses, connection.closed, tuple(raised))


def take(step: Step, connection: Connection, site: DemoSite, raised: list[str]) -> bytes:
    """Take one step of a conversation, and return what came back; `raised` is told of what the resource met."""
    match step:
        case Send(data, size):
            return connection.send(data, size)
        case Advance(seconds):
            return connection.advance(seconds)
        case Disconnect(reset):
            connection.disconnect(reset)
        case Reading(on):
            connection.reading = on
        case Write() | Finish():
            # A resource that answers later is called by the reactor then, so that is who calls here.
            connection.reactor.callLater(0, _answer, step, site.waiting, raised)
    return connection.receive()


def _answer(step: Write | Finish, waiting: list[Request], raised: list[str]) -> None:
    try:
        if isinstance(step, Write):
            waiting[0].write(step.data)
        else:
            waiting.pop(0).finish()
    except RuntimeError as error:
        raised.append(f"{type(error).__name__}: {error}")
