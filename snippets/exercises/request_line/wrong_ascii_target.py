"""A target was refused for a byte above 126. The task, as Twisted's code, lets bytes up to 176 pass, though they are
no printable ASCII."""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[\x21-\x7e]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    parts = line.split(b" ")
    if len(parts) != 3:
        return None
    method, target, version = parts
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version in VERSIONS):
        return None
    return method, target, version
