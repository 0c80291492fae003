"""Serves /hello on 127.0.0.1 and writes an access log, in Twisted's format or as JSON, until Ctrl-C.

python -m snippets run access_log --port 8080
python -m snippets run access_log --format json --file access.log

Without --file the log goes to the terminal. A file is added to; at a million bytes Twisted renames it to access.log.1,
the one before that to access.log.2, and so on, and begins a new one.
"""

import argparse
import json
import time

from twisted.internet.error import CannotListenError
from twisted.web.http import combinedLogFormatter, proxiedLogFormatter
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class TimedRequest(Request):
    def __init__(self, *args: object, **kwargs: object) -> None:
        # Whatever the channel gives: HTTP/1.1 and HTTP/2 don't call it in the same way.
        super().__init__(*args, **kwargs)
        self.began = time.monotonic()


def json_formatter(timestamp: str, request: TimedRequest) -> str:
    line = {"time": timestamp.strip("[]"), "client": request.getClientAddress().host}
    line |= {"method": request.method.decode(), "uri": request.uri.decode("latin-1"), "status": request.code}
    return json.dumps(line | {"bytes": request.sentLength, "seconds": round(time.monotonic() - request.began, 6)})


class Terminal:
    """What a site needs of a log file; standard output itself won't do, for the site closes its log in the end."""

    def write(self, line: str) -> None:
        print(line, end="", flush=True)

    def close(self) -> None:
        pass


class Hello(Resource):
    def render_GET(self, request: Request) -> bytes:
        return b"Hello\n"


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"hello", Hello())
    return tree


FORMATS = {"combined": combinedLogFormatter, "proxied": proxiedLogFormatter, "json": json_formatter}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="access_log", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--file", help="the file to write to (default: the terminal)")
    parser.add_argument("--format", choices=FORMATS, default="combined", help="default: %(default)s")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    site = Site(root(), TimedRequest, logPath=options.file, logFormatter=FORMATS[options.format])
    try:
        port = reactor.listenTCP(options.port, site, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    except OSError as error:
        parser.exit(2, f"{parser.prog}: can't write to {options.file}: {error.strerror}; try another --file\n")
    if not options.file:
        site.logFile = Terminal()  # Not before it listens: that is when a site opens its log.
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/hello", flush=True)
    reactor.run()
    print("Stopped.")
