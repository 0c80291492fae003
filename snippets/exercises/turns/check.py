"""Predict what is done in which turn, for two clients."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="01_reactor",
    title="Four turns, two clients",
    kind="predict",
    minutes=5,
    section="The source, in the order in which the descriptors meet it",
)

SAYS = {
    "accepted": "A port is one descriptor. When it is ready, its doRead accepts in a loop, up to a limit.",
    "calls_2": "A turn serves each descriptor that its poll has found ready, and each once.",
    "sends_2": "write puts bytes into a list and makes the connection a writer, for the next poll to look at.",
    "sends_3": "doWrite joins what was written and gives it to one send. Each connection has a list of its own.",
    "a_got": "In turn 3 the connection of a is ready for reading and for writing, and reading comes first.",
    "ready_4": "When its list is empty, a connection stops being a writer. To be read, something must have come.",
}
LIKELY = {
    "accepted": {
        1: "a port that accepts one client each time it is ready.",
        0: "a port that is asked in another turn.",
    },
    "calls_2": {1: "one client alone.", 0: "bytes that are read in one turn and handed on in the next."},
    "sends_2": {2: "a send when dataReceived returns.", 4: "a write that sends."},
    "sends_3": {
        4: "a send for each write of turn 2.",
        6: "a send for each write.",
        3: "a send for each call of dataReceived.",
        1: "one send for all clients.",
    },
    "a_got": {
        b"ONE!": "a turn that writes before it reads.",
        b"THREE!": "a list that is emptied before each call of dataReceived.",
    },
    "ready_4": {2: "two writers that stay writers.", 1: "an answer to b'three' that is still to be sent."},
}


def truth() -> dict[str, object]:
    from twisted.internet.protocol import Factory, Protocol

    from snippets.lens.trace import record
    from snippets.lens.turns import Turns

    class Upper(Protocol):
        def dataReceived(self, data: bytes) -> None:
            self.transport.write(data.upper())
            self.transport.write(b"!")

    turns = []
    with Turns() as hand:
        port = hand.listen(Factory.forProtocol(Upper))
        a, b = hand.connect(port), hand.connect(port)
        for said in [{}, {a: b"one", b: b"two"}, {a: b"three"}, {}]:
            for client, data in said.items():
                client.sendall(data)
            with record(["Protocol.dataReceived", "Connection.writeSomeData", "Factory.buildProtocol"]) as trace:
                ready = len(hand.turn(0.1).ready)
            names = [event.method for event in trace.events]
            turns.append({name: names.count(name) for name in [*names, "dataReceived", "writeSomeData"]} | {"": ready})
            if len(turns) == 3:
                a_got = a.recv(100)
    return {
        "accepted": turns[0]["buildProtocol"],
        "calls_2": turns[1]["dataReceived"],
        "sends_2": turns[1]["writeSomeData"],
        "sends_3": turns[2]["writeSomeData"],
        "a_got": a_got,
        "ready_4": turns[3][""],
    }
