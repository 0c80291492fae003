"""`split(b" ")`, with its argument, cuts at each single space: what is no three parts then is refused.

It is `_parseRequestLine` of Twisted, but for the ValueError, which is None here. That bytes up to 176 pass is told in
the chapter, under "Printable ASCII ends at 176".
"""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[\x21-\xb0]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    parts = line.split(b" ")
    if len(parts) != 3:
        return None
    method, target, version = parts
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version in VERSIONS):
        return None
    return method, target, version
