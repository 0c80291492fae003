"""The files of the demonstration site, in a folder that is made once and removed with the program."""

import errno
import functools
import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from twisted.web.static import Data, DirectoryLister, File

# In seconds since 1970: the same whenever the files are made.
CHANGED = 86400
_FILES = {
    "text.txt": b"Hello from a file!\n",
    "big.bin": bytes(range(256)) * 1000,
    "packed.txt.gz": b"compressed by whoever put it here",
    "page.html": b"<p>Hello!</p>\n",
    "run.made": b"made into a page",
    "with-index/index.html": b"<p>Index</p>\n",
    "listed/one.txt": b"one",
    "listed/deeper/two.txt": b"two",
}


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="snippets-files-")
    for name, content in _FILES.items():
        file = Path(folder.name, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (CHANGED, CHANGED))
    Path(folder.name, "listed", "leads-nowhere").symlink_to("nowhere")
    return folder


def demo_files() -> File:
    """A folder of files. One without its ending is found by `.html`, and what ends in `.made` is made into a page."""
    files = File(_folder().name, ignoredExts=(".html",))
    files.processors = {".made": lambda path, registry: Data(b"made\n", "text/plain")}
    return files


def demo_list() -> DirectoryLister:
    """A list of the names in a folder, which are read when it is asked for."""
    return DirectoryLister(str(Path(_folder().name, "listed")))


class Locked(File):
    """A file that the server may not open, even where it runs as root."""

    def __init__(self) -> None:
        super().__init__(str(Path(_folder().name, "text.txt")))

    def openForReading(self) -> BinaryIO:
        raise PermissionError(errno.EACCES, "Permission denied")

    def createSimilarFile(self, path: str) -> Any:
        return self
