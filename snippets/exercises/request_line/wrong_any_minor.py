"""A version was taken that is neither HTTP/1.0 nor HTTP/1.1. What begins like one of them is another one."""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[\x21-\xb0]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    parts = line.split(b" ")
    if len(parts) != 3:
        return None
    method, target, version = parts
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version.startswith(b"HTTP/1.")):
        return None
    return method, target, version
