"""The line was refused by a ValueError, of which Twisted makes a 400. Here the task asks for None."""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[\x21-\xb0]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    method, target, version = line.split(b" ")
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version in VERSIONS):
        return None
    return method, target, version
