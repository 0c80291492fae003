"""Serves a store whose commands are lines and whose values are raw bytes, until Ctrl-C.

python -m snippets run line_then_raw --port 8080
printf 'put fruit 5\\r\\nappleget fruit\\r\\nquit\\r\\n' | curl -s telnet://127.0.0.1:8080

The commands: `put NAME LENGTH`, and LENGTH bytes right behind it; `get NAME`; `quit`. Without --port the system chooses
a free port, and the first line of output says which.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver

LARGEST = 1_000_000  # bytes of a value


class Store(LineReceiver):
    MAX_LENGTH = 80

    def lineReceived(self, line: bytes) -> None:
        values = self.factory.values
        match line.split():
            case [b"put", name, length] if length.isdigit() and int(length) <= LARGEST:
                self.name, self.missing = name, int(length)
                self.parts: list[bytes] = []
                # With nothing to come, rawDataReceived would not be called for it.
                if self.missing:
                    self.setRawMode()
                else:
                    self.stored()
            case [b"get", name] if name in values:
                self.sendLine(b"value %d" % len(values[name]))
                self.transport.write(values[name])
            case [b"quit"]:
                self.transport.loseConnection()
            case _:
                self.sendLine(b"error")

    def rawDataReceived(self, data: bytes) -> None:
        part, rest = data[: self.missing], data[self.missing :]
        self.parts.append(part)
        self.missing -= len(part)
        if not self.missing:
            self.stored()
            self.setLineMode(rest)

    def stored(self) -> None:
        self.factory.values[self.name] = b"".join(self.parts)
        self.sendLine(b"stored")


def factory() -> "Factory[Store]":
    """The factory of a store, empty and shared by its connections."""
    made = Factory.forProtocol(Store)
    made.values = {}
    return made


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="line_then_raw", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, factory(), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on 127.0.0.1:{port.getHost().port}", flush=True)
    reactor.run()
    print("Stopped.")


if __name__ == "__main__":
    main()
