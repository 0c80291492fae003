"""Asks a site for a page, over a wire of its own: the response, or its status alone, or what came over HTTP/2."""

from unittest.mock import patch

from h2.config import H2Configuration
from h2.connection import H2Connection
from twisted.web.resource import Resource

from snippets.lens.logged import logged
from snippets.lens.wire import Wire


def get(root, target: str, *fields: str) -> bytes:
    return Wire(root).send("\r\n".join([f"GET {target} HTTP/1.1", "Host: a", *fields, "", ""]).encode())


def status(root, target: str) -> int:
    with logged():
        return int(get(root, target).split(b" ")[1])


def over_http2(page: Resource, target: str = "/") -> tuple[list, list[type], Wire]:
    """The events of a client that gets the target over HTTP/2, what was logged, and the wire."""
    client = H2Connection(H2Configuration(client_side=True, header_encoding="ascii"))
    client.initiate_connection()
    fields = {":method": "GET", ":path": target, ":scheme": "https", ":authority": "a"}
    client.send_headers(1, list(fields.items()), end_stream=True)
    wire = Wire(page)
    wire.transport.negotiatedProtocol = b"h2"
    with logged() as failures, patch("twisted.internet.reactor", wire.reactor, create=True):
        events = client.receive_data(wire.send(client.data_to_send()))
    return events, [failure.type for failure in failures], wire
