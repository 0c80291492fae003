"""What chapter 13 says of HTTP/2, where other code stands between the page and the transport."""

from unittest.mock import patch

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamEnded, StreamReset
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from snippets.producers.big_file import PIECE, root
from snippets.producers.rows import Cursor, Table
from tests.producing import GET


class Client:
    """An HTTP/2 client that has asked for one page, and opens no window after the first."""

    def __init__(self, site: Resource, path: str = "/file") -> None:
        self.wire = Wire(site)
        self.wire.transport.negotiatedProtocol = b"h2"
        later = self.wire.reactor.callLater
        self.wire.reactor.callLater = lambda seconds, *call, **named: later(max(seconds, 0.1), *call, **named)
        self.connection = H2Connection(H2Configuration(client_side=True, header_encoding="ascii"))
        self.connection.initiate_connection()
        head = [(":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", path)]
        self.connection.send_headers(1, head, end_stream=True)
        self.got = 0
        self.events: list[type] = []
        self.exchange()

    def exchange(self) -> None:
        with patch("twisted.internet.reactor", self.wire.reactor, create=True):
            received = self.wire.send(self.connection.data_to_send())
            received += b"".join(self.wire.advance(0.1) for _ in range(50))
        for event in self.connection.receive_data(received):
            self.events.append(type(event))
            if isinstance(event, DataReceived):
                self.got += len(event.data)

    def waiting(self) -> int:
        """How many bytes of the page the server keeps."""
        (queue,) = self.wire.channel._outboundStreamQueues.values()
        return sum(len(piece) for piece in queue if isinstance(piece, bytes))


@pytest.mark.parametrize(("path", "least", "most"), [("/file", 1, 2 * PIECE), ("/loop", 9 * PIECE, 20 * PIECE)])
def test_two_pieces_wait_over_http2(path, least, most):
    """Over HTTP/2, of a file no more than two pieces wait for a client that opens no window; of a loop, the rest."""
    client = Client(root(20 * PIECE), path)
    for _ in range(5):
        client.exchange()
    assert client.got == PIECE - 1, "the window is full"
    assert least <= client.waiting() <= most


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_rows_close_their_cursor_when_the_client_goes(version, capsys):
    """`Rows` closes its cursor, and asks it for no further row, when the client goes, over HTTP/1.1 and HTTP/2."""
    table, cursors = Table(), []

    def query():
        cursors.append(Cursor())
        return cursors[-1]

    table.query = query
    with logged() as failures:
        if version == "2":
            wire = Client(table).wire
        else:
            wire = Wire(table)
            wire.reading = False
            wire.send(GET)
        assert capsys.readouterr().out == ""
        wire.disconnect(reset=True)
        assert capsys.readouterr().out == "The cursor is closed.\n", "once"
        before = int(next(cursors[0].rows).split()[1])
        wire.advance(10)
        wire.advance(10)
        assert int(next(cursors[0].rows).split()[1]) == before + 1
    assert failures == []


def test_over_http2_rows_reads_to_the_end_and_closes(capsys):
    """Over HTTP/2 `Rows` writes all rows of a short table, closes its cursor once, and ends the response."""
    table = Table()
    table.query = lambda: Cursor(10)
    client = Client(table)
    assert client.got == sum(len(b"row %d\n" % number) for number in range(10))
    assert StreamEnded in client.events
    assert capsys.readouterr().out == "The cursor is closed.\n", "once"


@pytest.mark.parametrize(
    ("how", "seen", "not_seen"),
    [
        (lambda request: request.loseConnection(), StreamEnded, StreamReset),
        (lambda request: request.channel.abortConnection(), StreamReset, StreamEnded),
    ],
)
def test_over_http2_a_stream_is_reset_to_give_it_up(how, seen, not_seen):
    """Over HTTP/2 loseConnection ends a stream as if all had been sent; abortConnection of its channel resets it."""

    class Gives(Resource):
        isLeaf = True

        def render_GET(self, request):
            self.request = request
            request.write(b"some")
            return NOT_DONE_YET

    page = Gives()
    client = Client(page)
    how(page.request)
    client.exchange()
    assert client.got == 4
    assert seen in client.events
    assert not_seen not in client.events
