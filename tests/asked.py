"""Asks a site for a page, over a wire of its own: the response, or its status alone."""

from snippets.lens.logged import logged
from snippets.lens.wire import Wire


def get(root, target: str, *fields: str) -> bytes:
    return Wire(root).send("\r\n".join([f"GET {target} HTTP/1.1", "Host: a", *fields, "", ""]).encode())


def status(root, target: str) -> int:
    with logged():
        return int(get(root, target).split(b" ")[1])
