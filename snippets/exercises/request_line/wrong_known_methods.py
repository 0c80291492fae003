"""A method was refused because nobody knows it. The parser looks at its form only; whether a page has such a method
is asked later, by the page."""

import re

TOKEN = re.compile(rb"GET|HEAD|POST|PUT|DELETE|OPTIONS")
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
