"""The programs of chapter 02, run as a reader runs them: processes, sockets and clients."""

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.protocol import Factory
from twisted.internet.testing import StringTransport

from snippets.protocol_transport.framing import PREFIX, Framed
from snippets.protocol_transport.tls_memory import Echo, TLSClient
from tests.invoked import typed
from tests.programs import Ended, Program, refused, run, running

ECHO = ("-m", "snippets.protocol_transport.echo")
CHAT = ("-m", "snippets.protocol_transport.chat")
FRAMING = ("-m", "snippets.protocol_transport.framing")
TLS = ("-m", "snippets.protocol_transport.tls_memory")
# Held back by the kernel until more comes: so the end of the stream arrives together with these bytes.
WITH_THE_END = getattr(socket, "MSG_MORE", None)


@contextmanager
def serving(*command: str) -> Iterator[tuple[Program, int]]:
    """A server as a process, and the port it says it listens on."""
    with running(*command) as program:
        said = re.fullmatch(r"Listening on 127\.0\.0\.1:(\d+)", program.line())
        yield program, int(said[1])


class Client:
    """A client that reads line by line."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> bytes:
        return self._file.readline()

    def rest(self) -> bytes:
        """Say that no more will be sent, and read what still comes."""
        self.socket.shutdown(socket.SHUT_WR)
        return self._file.read()

    def vanish(self) -> None:
        """Close so that the other end gets a reset, as when a program has crashed with data unread."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._file.close()
        self.socket.close()


class TestEcho:
    def test_it_sends_back_and_prints_each_call(self):
        with serving(*ECHO) as (program, port), Client(port) as client:
            assert program.line() == "1 connectionMade 127.0.0.1"
            for line in (b"one\n", b"two\n"):
                client.send(line)
                assert client.line() == line
            assert client.rest() == b""
            assert [program.line() for _ in range(3)] == [
                r"1 dataReceived b'one\n'",
                r"1 dataReceived b'two\n'",
                "1 connectionLost ConnectionDone",
            ]

    def test_connections_are_numbered_and_do_not_mix(self):
        with serving(*ECHO) as (program, port), Client(port) as one, Client(port) as two:
            assert [program.line(), program.line()] == ["1 connectionMade 127.0.0.1", "2 connectionMade 127.0.0.1"]
            two.send(b"b\n")
            assert two.line() == b"b\n"
            one.send(b"a\n")
            assert one.line() == b"a\n"
            assert [program.line(), program.line()] == [r"2 dataReceived b'b\n'", r"1 dataReceived b'a\n'"]

    def test_a_client_that_crashes(self):
        with serving(*ECHO) as (program, port):
            Client(port).vanish()
            assert [program.line(), program.line()] == ["1 connectionMade 127.0.0.1", "1 connectionLost ConnectionLost"]

    @pytest.mark.skipif(WITH_THE_END is None, reason="this system can't hold bytes back until the end follows them")
    @pytest.mark.parametrize(("options", "echoed"), [((), b""), (("--half-close",), b"hello")])
    def test_a_client_that_says_at_once_that_it_will_send_no_more(self, options, echoed):
        with serving(*ECHO, *options) as (program, port), Client(port) as client:
            client.socket.send(b"hello", WITH_THE_END)
            assert client.rest() == echoed
            said = [program.line() for _ in range(4 if options else 3)]
        assert said[1] == "1 dataReceived b'hello'"
        assert said[-1] == "1 connectionLost ConnectionDone"
        assert ("1 readConnectionLost" in said) == bool(options)

    def test_ctrl_c_is_an_orderly_end(self):
        with serving(*ECHO) as (program, port):
            assert program.interrupt() == (0, "Stopped.\n", "")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=30)


class TestChat:
    def join(self, port: int, name: bytes) -> Client:
        client = Client(port)
        assert client.line() == b"Your name?\r\n"
        client.send(name + b"\n")
        return client

    def test_joining_talking_leaving_and_vanishing(self):
        with serving(*CHAT) as (program, port), self.join(port, b"ann") as ann:
            assert program.line() == "b'* ann joins'"
            with self.join(port, b"bob") as bob:
                assert ann.line() == b"* bob joins\r\n"
                cec = self.join(port, b"cec\r")
                assert [client.line() for client in (ann, bob)] == [b"* cec joins\r\n"] * 2
                bob.send(b"hello\r\nany")
                assert [client.line() for client in (ann, cec)] == [b"bob: hello\r\n"] * 2
                bob.send(b"body?\n")
                assert [client.line() for client in (ann, cec)] == [b"bob: anybody?\r\n"] * 2
                ann.send(b"yes\n")
                assert [client.line() for client in (bob, cec)] == [b"ann: yes\r\n"] * 2
                cec.vanish()
                assert [client.line() for client in (ann, bob)] == [b"* cec vanishes\r\n"] * 2
                assert bob.rest() == b""
            assert ann.line() == b"* bob leaves\r\n"
            with self.join(port, b"bob"):
                assert ann.line() == b"* bob joins\r\n"

    def test_a_name_that_is_taken_or_empty(self):
        with serving(*CHAT) as (_, port), self.join(port, b"ann") as ann, self.join(port, b"ann") as other:
            assert other.line() == b"Not that one. Your name?\r\n"
            other.send(b"\n")
            assert other.line() == b"Not that one. Your name?\r\n"
            other.send(b"bob\nhello\n")
            assert [ann.line(), ann.line()] == [b"* bob joins\r\n", b"bob: hello\r\n"]

    def test_who_has_no_name_yet_hears_nothing_and_leaves_unnoticed(self):
        with serving(*CHAT) as (program, port), self.join(port, b"ann") as ann:
            with Client(port) as nobody:
                assert nobody.line() == b"Your name?\r\n"
                ann.send(b"hello\n")
                assert [program.line(), program.line()] == ["b'* ann joins'", "b'ann: hello'"]
                assert nobody.rest() == b""
            assert ann.rest() == b""
            assert program.line() == "b'* ann leaves'"

    def test_silence_is_taken_for_vanishing(self):
        with serving(*CHAT, "--idle", "0.2") as (program, port), self.join(port, b"ann") as ann:
            with pytest.raises(ConnectionResetError):
                ann.line()
            assert [program.line(), program.line()] == ["b'* ann joins'", "b'* ann vanishes'"]

    def test_a_line_without_an_end_is_not_waited_for(self):
        with serving(*CHAT) as (program, port), self.join(port, b"ann") as ann:
            ann.send(b"x" * 1001)
            with pytest.raises(ConnectionResetError):
                ann.line()
            assert [program.line(), program.line()] == ["b'* ann joins'", "b'* ann vanishes'"]

    def test_a_line_has_1000_bytes_at_most_however_it_comes(self):
        with serving(*CHAT) as (program, port), self.join(port, b"ann"), self.join(port, b"bob") as bob:
            bob.send(b"x" * 1000 + b"\n")
            assert [program.line() for _ in range(3)][2] == f"b'bob: {'x' * 1000}'"
            bob.send(b"hello\n" + b"x" * 1001 + b"\n")
            assert [program.line(), program.line()] == ["b'bob: hello'", "b'* bob vanishes'"]

    def test_ctrl_c_is_an_orderly_end(self):
        with serving(*CHAT) as (program, port), self.join(port, b"ann"):
            assert program.line() == "b'* ann joins'"
            ended = program.interrupt()
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.endswith("Stopped.\n")


class TestFraming:
    def test_it_prints_pieces_and_messages_as_they_become_complete(self):
        assert run(*FRAMING, "--size", "6", "hello", "", "a") == Ended(
            0,
            "piece b'\\x00\\x00\\x00\\x05he'\n"
            "piece b'llo\\x00\\x00\\x00'\n    message b'hello'\n"
            "piece b'\\x00\\x00\\x00\\x00\\x01a'\n    message b''\n    message b'a'\n",
            "",
        )

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 1000])
    def test_the_cut_makes_no_difference_to_the_messages(self, size):
        ended = run(*FRAMING, "--size", str(size), "hello", "", "w\u00f6rld")
        assert (ended.code, ended.err) == (0, "")
        messages = [line for line in ended.out.splitlines() if "message" in line]
        assert messages == ["    message b'hello'", "    message b''", r"    message b'w\xc3\xb6rld'"]

    def test_a_message_that_is_too_long_is_refused_when_it_is_announced(self):
        assert run(*FRAMING, "--size", "5", "--limit", "4", "hello") == Ended(
            0,
            "piece b'\\x00\\x00\\x00\\x05h'\n"
            "    a message of 5 bytes is announced, and at most 4 are taken: closing\n"
            "not read b'ello'\n",
            "",
        )

    def test_bad_input_is_refused(self):
        refused(typed(*FRAMING), "the following arguments are required: messages")
        refused(typed(*FRAMING, "--size", "0", "a"), "--size is at least 1")
        refused(typed(*FRAMING, "--limit", "-1", "a"), "--limit at least 0")
        refused(typed(*FRAMING, "--size", "many", "a"), "invalid int value: 'many'")

    def test_a_limit_of_nothing_takes_an_empty_message(self):
        assert run(*FRAMING, "--limit", "0", "").out.splitlines()[1:] == ["    message b''"]


class TestTLSMemory:
    def test_the_calls_stand_between_what_is_carried(self):
        ended = run(*TLS, "one", "two")
        assert (ended.code, ended.err) == (0, "")
        said = [re.sub(r"\d+", "n", line) for line in ended.out.splitlines()]
        there, back = "to the server:   n bytes", "from the server: n bytes"
        echoed = [
            [there, f"    dataReceived {word}", back, f"the client reads {word}"] for word in ("b'one'", "b'two'")
        ]
        assert said == [
            *["    connectionMade", there, back, there, back],  # the handshake
            *echoed[0],
            *echoed[1],
            *[there, "    connectionLost ConnectionDone", back],  # two goodbyes
        ]

    def test_words_are_not_carried_in_clear(self):
        client = TLSClient(Factory.forProtocol(Echo))
        assert client.send(b"a word that is easily found") == b"a word that is easily found"
        assert b"a word" not in client.carried

    def test_a_client_that_says_goodbye_at_once_reads_nothing_and_another_end_is_no_error(self):
        client = TLSClient(Factory.forProtocol(Echo))
        assert client.send(b"hello", goodbye=True) == b""
        client.close()

    def test_bad_input_is_refused(self):
        refused(typed(*TLS), "the following arguments are required: words")


class Kept(Framed):
    """Keeps the messages."""

    def connectionMade(self) -> None:
        super().connectionMade()
        self.messages = []

    def messageReceived(self, message: bytes) -> None:
        self.messages.append(message)
        if message == b"last":
            self.transport.loseConnection()

    def tooLong(self, length: int) -> None:
        self.messages.append(length)
        self.transport.loseConnection()


def kept(pieces: list[bytes]) -> list[object]:
    """What a receiver makes of these pieces."""
    receiver = Kept()
    receiver.makeConnection(StringTransport())
    for piece in pieces:
        receiver.dataReceived(piece)
    return receiver.messages


@given(st.lists(st.binary(max_size=20)), st.data())
def test_every_message_survives_every_cut(messages, data):
    sender = Framed()
    sender.makeConnection(StringTransport())
    for message in messages:
        sender.send(message)
    stream = sender.transport.value()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    taken = messages[: messages.index(b"last") + 1] if b"last" in messages else messages
    assert kept(pieces) == taken


def test_after_closing_no_message_of_the_same_piece_is_handled():
    stream = b"".join(PREFIX.pack(len(each)) + each for each in (b"first", b"last", b"lost"))
    assert kept([stream]) == [b"first", b"last"]
    assert kept([PREFIX.pack(65537) + PREFIX.pack(0)]) == [65537]
    assert kept([PREFIX.pack(65536) + bytes(65536)]) == [bytes(65536)]


@pytest.mark.parametrize("command", [ECHO, CHAT], ids=["echo", "chat"])
def test_bad_input_is_refused(command):
    refused(typed(*command, "--nonsense"), "unrecognized arguments: --nonsense")


def test_chat_refuses_a_silence_that_is_none():
    for idle in ("-1", "nan", "1000000"):
        refused(typed(*CHAT, f"--idle={idle}"), "--idle is from 0 to 999999 seconds")
    with serving(*CHAT, "--idle=999999") as (program, _):
        assert program.interrupt().code == 0
