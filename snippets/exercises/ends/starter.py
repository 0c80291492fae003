"""A server makes one of these for each client:

    def dataReceived(self, data):
        self.calls += 1
        self.transport.write(b"got " + data)
        getattr(self.transport, data.decode())()

    def connectionLost(self, reason):
        self.ended = type(reason.value).__name__

Each line below is a connection of its own. A client sends what is named, and reads until the connection has ended.
Reasons are text, as in "TimeoutError". Write a value in the place of each `...`; nothing here is run.
"""

closed = ...  # ended, when the client sends b"getPeer", reads the answer, and closes
lose = ...  # what the client reads, in all, when it sends b"loseConnection"; as in b"..."
abort = ...  # what the client reads, in all, when it sends b"abortConnection"
bug = ...  # ended, when the client sends b"hello", which is no method of the transport
reset = ...  # ended, when the client sends b"getPeer", reads the answer, and resets the connection
calls = ...  # calls, when the client sends b"loseConnection" and then, in a second piece, b"more"
