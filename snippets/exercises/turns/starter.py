"""Two clients, `a` and `b`, and four turns of a reactor. The protocol writes twice:

    def dataReceived(self, data):
        self.transport.write(data.upper())
        self.transport.write(b"!")

    before turn 1: a connects, b connects
    before turn 2: a sends b"one", b sends b"two"
    before turn 3: a sends b"three"
    before turn 4: nobody does anything

The port is new, all clients are on the same machine, and what they send has arrived when the turn begins.
Write a value in the place of each `...`; nothing here is run.
"""

accepted = ...  # how many clients are accepted in turn 1
calls_2 = ...  # how often dataReceived is called in turn 2, for both clients together
sends_2 = ...  # how often the send of a socket is called in turn 2
sends_3 = ...  # and in turn 3
a_got = ...  # the bytes that have come to a after turn 3, as in b"..."
ready_4 = ...  # how many descriptors are ready in turn 4
