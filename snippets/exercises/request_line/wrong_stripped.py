"""A line was taken with white space around it. Nothing is to be stripped: what comes in front of the method or behind
the version belongs to it, and makes it wrong."""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[\x21-\xb0]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    parts = line.strip().split(b" ")
    if len(parts) != 3:
        return None
    method, target, version = parts
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version in VERSIONS):
        return None
    return method, target, version
