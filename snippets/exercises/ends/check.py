"""Predict how connections end, for the server and for the client."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="02_protocol_transport",
    title="Six ends",
    kind="predict",
    minutes=5,
    section="The end",
)

SAYS = {
    "closed": "An orderly end gives the same reason, whichever side has asked for it.",
    "lose": "loseConnection ends the connection when what was written has been sent.",
    "abort": "abortConnection doesn't wait for the transport's list, and write only puts bytes there.",
    "bug": "Whatever escapes from dataReceived becomes the reason, as it is.",
    "reset": "A reset is no agreement, and the reason says so.",
    "calls": "loseConnection stops the reading at once, whatever is still to be sent.",
}
LIKELY = {
    "closed": {
        "ConnectionLost": "a client that resets the connection.",
        "ConnectionAborted": "a server that calls abortConnection.",
        "ConnectionClosed": "the base class of these reasons, which is not given itself.",
    },
    "lose": {b"": "a server that calls abortConnection.", b"loseConnection": "a server that sends back bare pieces."},
    "abort": {b"got abortConnection": "a server that calls loseConnection."},
    "bug": {
        "ConnectionDone": "a server that catches the error and calls loseConnection.",
        "ConnectionLost": "an error of the network.",
        "Failure": "the object around the exception.",
        "ValueError": "a mistake in a value, as in int(b'hello').",
    },
    "reset": {
        "ConnectionDone": "a client that closes.",
        "ConnectionAborted": "a server that calls abortConnection.",
        "ConnectionResetError": "the exception of the socket, for which Twisted has a reason of its own.",
    },
    "calls": {2: "a server that reads on while it closes.", 0: "a connection that ends before its first piece."},
}


def truth() -> dict[str, object]:
    from twisted.internet.protocol import Factory, Protocol

    from snippets.lens.logged import logged
    from snippets.lens.wire import Wire

    class Ending(Protocol):
        calls, ended = 0, ""

        def dataReceived(self, data):
            self.calls += 1
            self.transport.write(b"got " + data)
            getattr(self.transport, data.decode())()

        def connectionLost(self, reason):
            self.ended = type(reason.value).__name__

    wires = {name: Wire(Factory.forProtocol(Ending)) for name in SAYS}
    with logged():
        wires["bug"].send(b"hello")
    for name in ["closed", "reset"]:
        wires[name].send(b"getPeer")
        wires[name].disconnect(reset=name == "reset")
    found = {name: wires[name].send(f"{name}Connection".encode()) for name in ["lose", "abort"]}
    wires["calls"].send(b"loseConnectionmore", [14])
    found |= {name: wires[name].protocol.ended for name in ["closed", "bug", "reset"]}
    found["calls"] = wires["calls"].protocol.calls
    return {name: found[name] for name in SAYS}
