"""A method was taken that is no token. Its bytes are letters, digits and some signs, and no others."""

import re

TOKEN = re.compile(rb".+")
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
