"""Prints requests with odd bodies: servers read them in different ways, or must refuse them.

python -m snippets run odd_requests
python -m snippets run odd_requests 16

Without a number it lists them all: number, name, and what is odd. With one it writes the bytes of that request.
A name has the header lines, with " / " between them, a bar, and the body. Without a bar the body is `5`, `hello` and
the last chunk; "chunked" alone is the line `Transfer-Encoding: chunked`.
"""

import argparse
import sys
from typing import NamedTuple

BODY = "5\r\nhello\r\n0\r\n\r\n"
REST = "\r\nhello\r\n0\r\n\r\n"  # what follows the size in it


class Odd(NamedTuple):
    """A request: its name, its bytes, and what is odd about it."""

    name: str
    data: bytes
    odd: str


def post(*fields: str, body: bytes = b"") -> bytes:
    """A POST with these header lines after its Host, and then this body, whatever they say of it."""
    return "\r\n".join(["POST / HTTP/1.1", "Host: a", *fields, "", ""]).encode("latin-1") + body


def row(head: str, body: str, odd: str) -> Odd:
    fields = ["Transfer-Encoding: chunked"] if head == "chunked" else [line for line in head.split(" / ") if line]
    name = repr(f"{head or 'no length'} | {body}" if body != BODY else head)[1:-1]
    return Odd(name if len(name) <= 60 else f"{name[:28]} ... {name[-26:]}", post(*fields, body=body.encode()), odd)


LENGTHS = [
    row("Content-Length: 5", "hello", "nothing"),
    row("Content-Length: 5", "hell", "one byte too few"),
    row("Content-Length: 5", "hellod", "one byte too many"),
    row("Content-Length: 005", "hello", "zeros in front"),
    row("", "hello", "a body, and nothing that announces it"),
    row("Content-Length:", "hello", "no digit"),
    row("Content-Length: +5", "hello", "a sign"),
    row("Content-Length: -5", "hello", "a length below zero"),
    row("Content-Length: 1_0", "hellohello", "an underscore, as Python's int allows it"),
    row("Content-Length: \x0b5", "hello", "a vertical tab"),
    row("Content-Length: 5, 5", "hello", "a list of equal values"),
    row("Content-Length: 5 / Content-Length: 5", "hello", "two lines with equal values"),
    row("Content-Length: 5 / Content-Length: 6", "hello!", "two lines with different values"),
    row("Content-Length: " + "9" * 21, "hello", "21 digits"),
    row("Content-Length: " + "9" * 4301, "hello", "more digits than Python's int takes"),
    row("Content-Length : 5", "hello", "a space before the colon"),
]
CODINGS = [
    row("Transfer-Encoding: chunked", BODY, "nothing"),
    row("Transfer-Encoding: Chunked", BODY, "a capital letter"),
    row("Transfer-Encoding:", BODY, "no coding"),
    row("Transfer-Encoding: gzip", BODY, "a coding that is not chunked"),
    row("Transfer-Encoding: gzip, chunked", BODY, "two codings"),
    row("Transfer-Encoding: chunked, identity", BODY, "chunked is not the last"),
    row("Transfer-Encoding: chunked / Transfer-Encoding: chunked", BODY, "chunked twice"),
    row("Transfer-Encoding: identity / Transfer-Encoding: chunked", BODY, "a coding that HTTP no longer has"),
    row("Transfer-Encoding: identity / Content-Length: 5", "hello", "a coding that HTTP no longer has, and a length"),
    row("Content-Length: 5 / Transfer-Encoding: chunked", BODY, "a length and chunks"),
    row("Transfer-Encoding: chunked / Content-Length: 5", BODY, "chunks and a length"),
]
CHUNKS = [
    row("chunked", "005" + REST, "zeros in front"),
    row("chunked", "A\r\nhellohello\r\n0\r\n\r\n", "a hexadecimal digit"),
    row("chunked", "0" * 20 + "5" + REST, "21 digits"),
    row("chunked", "0x5" + REST, "0x in front"),
    row("chunked", "+5" + REST, "a sign"),
    row("chunked", " 5" + REST, "a space before the size"),
    row("chunked", "5 " + REST, "a space after the size"),
    row("chunked", REST, "no size"),
    row("chunked", "5\r\nhello!\r\n0\r\n\r\n", "data longer than its size"),
    row("chunked", "5\r\nhell\r\n0\r\n\r\n", "data shorter than its size"),
    row("chunked", "5\nhello\r\n0\r\n\r\n", "a lone LF"),
    row("chunked", "5\r\nhello\r\n0\r\n", "no empty line at the end"),
]
ENDS = [
    row("chunked", "5; a=b" + REST, "an extension, with a space after the semicolon"),
    row("chunked", "5 ; a=b" + REST, "an extension, with a space before the semicolon too"),
    row("chunked", "5;a\nb" + REST, "a lone LF in an extension"),
    row("chunked", "5;\x7f" + REST, "the control character DEL in an extension"),
    row("chunked", '5;a="\\""' + REST, "a backslash in an extension"),
    row("chunked", "5;" + "x" * 1022 + REST, "an extension that fills a line of 1024 bytes"),
    row("chunked", "0\r\nSum: 42\r\n\r\n", "a trailer"),
    row("chunked", "0\r\nnonsense\r\n\r\n", "a trailer that is no header"),
    row("chunked", "0\r\nContent-Length: 5\r\n\r\n", "a length in a trailer"),
    row("chunked", BODY + "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "a GET behind the body"),
]
EVERY = [*LENGTHS, *CODINGS, *CHUNKS, *ENDS]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="odd_requests", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", nargs="?", type=int, help="of the request to write (default: list all)")
    number = parser.parse_args().number
    if number is None:
        print("\n".join(f"{at:>2}  {each.name:<62}{each.odd}" for at, each in enumerate(EVERY, 1)))
    elif 0 < number <= len(EVERY):
        sys.stdout.buffer.write(EVERY[number - 1].data)
    else:
        parser.error(f"argument number: the requests have the numbers 1 to {len(EVERY)}, not {number}")
