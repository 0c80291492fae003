"""From a request as a reader types it to the bytes that go over the wire."""

import re
from pathlib import Path

from snippets.lens.errors import LensError

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2


def request_bytes(text: str) -> bytes:
    """The request that `text` stands for.

    Args:
        text: the name of a file, whose bytes are taken as they are, right or wrong; or "METHOD TARGET", as in
            "GET /hello", if need be with " HTTP/1.0" after it, header lines under it and a body after an empty line.
            Line ends become CRLF; Host and Content-Length are added where they are needed and missing.

    Raises:
        LensError: `text` is neither.
    """
    path = Path(text) if text and "\n" not in text and "\0" not in text and len(text) < 1000 else None
    if path is not None and path.is_file():
        return path.read_bytes()
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
    content = body.encode()
    if content and not names & {"content-length", "transfer-encoding"}:
        headers.append(f"Content-Length: {len(content)}")
    lines = [f"{words[0]} {words[1]} {version}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content
