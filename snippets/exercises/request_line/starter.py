r"""Build `request_line(line)`, which takes the first line of a request apart as Twisted does.

It gets bytes, without the CRLF, and returns `(method, target, version)`, all of them bytes, or None if the line is
refused: `request_line(b"GET /hello HTTP/1.1")` is `(b"GET", b"/hello", b"HTTP/1.1")`.

  - The three parts are separated by one space each; there is no other white space in the line.
  - A method is a token: one byte at least, and all of them ASCII letters, digits or one of !#$%&'*+-.^_`|~
  - A target has one byte at least, and each of them is greater than 32 and at most 176.
  - A version is HTTP/1.0 or HTTP/1.1.
"""


def request_line(line):
    """The three parts of a request line, or None."""
