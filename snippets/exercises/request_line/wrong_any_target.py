"""A target was taken with a byte that it may not have: white space, or another byte up to 32."""

import re

TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
TARGET = re.compile(rb"[^ \xb1-\xff]+")
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")


def request_line(line):
    parts = line.split(b" ")
    if len(parts) != 3:
        return None
    method, target, version = parts
    if not (TOKEN.fullmatch(method) and TARGET.fullmatch(target) and version in VERSIONS):
        return None
    return method, target, version
