"""From a request as a reader types it to the bytes that go over the wire."""

import os
import re
from pathlib import Path

from snippets.lens.errors import LensError

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2


MOST_BYTES = 64 * 1024 * 1024  # of a file: more does not come in one request that someone reads


def request_bytes(text: str) -> bytes:
    """The request that `text` stands for.

    Args:
        text: the name of a file, whose bytes are taken as they are, right or wrong; or "METHOD TARGET", as in
            "GET /hello", if need be with " HTTP/1.0" after it, header lines under it and a body after an empty line.
            Line ends become CRLF; Host and Content-Length are added where they are needed and missing.

    Raises:
        LensError: `text` is neither, or a file that can't be read, is empty, or has more than MOST_BYTES.
    """
    if os.path.isfile(text):
        return _bytes_of(Path(text))
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *headers = head.strip("\n").split("\n")
    words = first.split()
    if len(words) not in (2, 3) or not _TOKEN.fullmatch(words[0]):
        raise LensError(
            f"{first!r} is neither a file nor a request: write METHOD TARGET, as in 'GET /hello', "
            "or name a file that holds the bytes to send"
        )
    version = words[2] if len(words) == 3 else "HTTP/1.1"
    names = {line.partition(":")[0].strip().lower() for line in headers}
    if version == "HTTP/1.1" and "host" not in names:
        headers.insert(0, "Host: 127.0.0.1")
    content = _encoded(body)
    if content and not names & {"content-length", "transfer-encoding"}:
        headers.append(f"Content-Length: {len(content)}")
    lines = [f"{words[0]} {words[1]} {version}", *headers, "", ""]
    return _encoded("\r\n".join(lines)) + content


def _bytes_of(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise LensError(f"{file} can't be read: {error.strerror}; name another file, or write a request") from None
    if size > MOST_BYTES:
        raise LensError(
            f"{file} has {size} bytes, more than the {MOST_BYTES} that are sent at most: name a smaller one"
        )
    if not data:
        raise LensError(f"{file} is empty: name a file that holds the bytes to send")
    return data


def _encoded(text: str) -> bytes:
    # A shell hands over bytes that are no UTF-8 as surrogates; any other surrogate is a mistake in a program.
    return text.encode("utf-8", "surrogateescape")
