"""Serves the files of a folder on 127.0.0.1, but no hidden ones and none outside of it, until Ctrl-C.

python -m snippets run files some/folder --port 8080

`static.File` serves whatever it finds, and follows links out of the folder. Here a segment that begins with a dot or
has a slash or a NUL in it is refused. So is a link that leads out or to something hidden, and what is neither a file
nor a folder. The listing has none of them either. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
import os
from pathlib import Path

from twisted.internet.error import CannotListenError
from twisted.web import pages, static
from twisted.web.resource import IResource
from twisted.web.server import Request, Site


class Folder(static.File):
    """A folder, or a file in it; `top` is the folder that nothing leads out of."""

    # A page of `pages` answers for everything below it, so one does for all.
    childNotFound = pages.notFound(message="There is no such file.")
    indexNames = ("index.html",)
    top: Path

    def createSimilarFile(self, path: str) -> "Folder":
        """Called by `static.File` for each child that it makes."""
        similar = super().createSimilarFile(path)
        similar.top = self.top
        return similar

    def allowed(self, name: str) -> bool:
        if name.startswith(".") or "/" in name or "\0" in name:
            return False
        real = Path(os.path.realpath(os.path.join(self.path, name)))
        if not real.is_relative_to(self.top) or any(part.startswith(".") for part in real.relative_to(self.top).parts):
            return False
        # Opening a FIFO would stop the server until somebody writes to it. What does not exist is a 404 later.
        return not os.path.exists(real) or os.path.isfile(real) or os.path.isdir(real)

    def getChild(self, segment: bytes, request: Request) -> IResource:
        names = [segment.decode("utf-8", "replace")] if segment else self.indexNames
        if all(map(self.allowed, names)):
            return super().getChild(segment, request)
        return self.childNotFound

    def listNames(self) -> list[str]:
        """What `directoryListing` lists; a name that is not UTF-8 would be the end of it."""
        utf_8 = [name for name in super().listNames() if name.encode(errors="ignore").decode() == name]
        return [name for name in utf_8 if self.allowed(name)]


def root(folder: str = ".") -> Folder:
    """The root resource of the site."""
    tree = Folder(folder)
    tree.top = Path(os.path.realpath(folder))
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="files", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="the folder whose files are served")
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    try:
        os.listdir(options.folder)
    except OSError as error:
        parser.exit(2, f"{parser.prog}: can't list {options.folder!r}: {error.strerror}; name a folder\n")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, Site(root(options.folder)), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
