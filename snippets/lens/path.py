"""The path of one request, as data: the lanes, and the functions on the way in and on the way out."""

from typing import NamedTuple


class Step(NamedTuple):
    """One function on the path: its full name, its lane, the chapter that reads it, and others that deal with it."""

    name: str
    lane: str
    chapter: str
    also: tuple[str, ...] = ()

    def is_of(self, chapter: str | None) -> bool:
        """Is this step part of the stretch of that chapter?"""
        return chapter in (self.chapter, *self.also)

    @property
    def short(self) -> str:
        """Class and method, without the module."""
        return self.name.partition(":")[2]


# The chapters stand here and are not given by the book: lane and chapter of a function are two columns of one table.
LANES = ("reactor", "transport", "channel", "request", "site", "resource")

_HTTP = "twisted.web.http:"
_SERVER = "twisted.web.server:"
_RESOURCE = "twisted.web.resource:"
_TCP = "twisted.internet.tcp:"
_FD = "twisted.internet.abstract:"

WAY_IN = (
    Step("twisted.internet.posixbase:_PollLikeMixin._doReadOrWrite", "reactor", "01_reactor"),
    Step(_TCP + "Connection.doRead", "transport", "01_reactor"),
    Step(_TCP + "Connection._dataReceived", "transport", "01_reactor", ("02_protocol_transport",)),
    Step(_HTTP + "_GenericHTTPChannelProtocol.dataReceived", "channel", "05_http_channel", ("04_site_factory",)),
    Step(_HTTP + "HTTPChannel.dataReceived", "channel", "05_http_channel", ("07_connection_life",)),
    Step("twisted.protocols.basic:LineReceiver.dataReceived", "channel", "05_http_channel", ("03_line_receiver",)),
    Step(_HTTP + "HTTPChannel.lineReceived", "channel", "05_http_channel"),
    Step(_HTTP + "HTTPChannel.headerReceived", "channel", "05_http_channel"),
    Step(_HTTP + "HTTPChannel.allHeadersReceived", "channel", "05_http_channel", ("06_bodies", "07_connection_life")),
    Step(_HTTP + "HTTPChannel.allContentReceived", "channel", "05_http_channel", ("06_bodies",)),
    Step(_HTTP + "Request.requestReceived", "request", "08_request"),
    Step(_SERVER + "Request.process", "request", "08_request"),
    Step(_SERVER + "Site.getResourceFor", "site", "09_resource_traversal"),
    Step(_RESOURCE + "getChildForRequest", "site", "09_resource_traversal"),
    Step(_RESOURCE + "Resource.getChildWithDefault", "resource", "09_resource_traversal"),
    Step(_SERVER + "Request.render", "request", "10_render", ("12_later",)),
    Step(_RESOURCE + "Resource.render", "resource", "10_render"),
)

WAY_OUT = (
    Step(_SERVER + "Request.write", "request", "10_render"),
    Step(_HTTP + "Request.write", "request", "10_render", ("11_response",)),
    Step(_HTTP + "HTTPChannel.writeHeaders", "channel", "10_render", ("11_response",)),
    Step(_FD + "FileDescriptor.writeSequence", "transport", "02_protocol_transport", ("11_response",)),
    Step(_HTTP + "HTTPChannel.write", "channel", "10_render", ("13_producers",)),
    Step(_FD + "FileDescriptor.write", "transport", "01_reactor", ("02_protocol_transport", "13_producers")),
    Step(_SERVER + "Request.finish", "request", "10_render"),
    Step(_HTTP + "Request.finish", "request", "10_render", ("12_later",)),
    Step(_HTTP + "Request._cleanup", "request", "10_render"),
    Step(_HTTP + "HTTPChannel.requestDone", "channel", "07_connection_life", ("05_http_channel",)),
    Step(_FD + "FileDescriptor.doWrite", "transport", "01_reactor", ("11_response", "13_producers")),
    Step(_TCP + "Connection.writeSomeData", "transport", "01_reactor", ("11_response",)),
)

PATH = WAY_IN + WAY_OUT
CHAPTERS = sorted({chapter for step in PATH for chapter in (step.chapter, *step.also)})

# Methods that are not on the path of every request, but whose class says in which lane they run.
_CLASSES = {
    "channel": "LineReceiver HTTPChannel _GenericHTTPChannelProtocol H2Connection H2Stream TimeoutMixin "
    "_ChunkedTransferDecoder _IdentityTransferDecoder",
    "request": "Request",
    "site": "Site HTTPFactory Factory",
    "resource": "Resource",
    "transport": "Connection Server Port FileDescriptor",
}
_LANE_OF_CLASS = {name: lane for lane, names in _CLASSES.items() for name in names.split()}
_MODULES_OF_RESOURCES = tuple(f"twisted.web.{name}" for name in ("resource", "static", "pages", "_template_util"))
_LANE_OF_FUNCTION = {step.name: step.lane for step in PATH} | {
    _HTTP + "_parseRequestLine": "channel",
    _HTTP + "parse_qs": "request",
    _HTTP + "_parseContentType": "request",
    _HTTP + "_getMultiPartArgs": "request",
    _HTTP + "combinedLogFormatter": "site",
}


def lane_of(name: str) -> str:
    """The lane in which the function called `name` ("module:Class.method") runs; "resource" for the reader's own."""
    if name in _LANE_OF_FUNCTION:
        return _LANE_OF_FUNCTION[name]
    module, _, qualname = name.partition(":")
    if not module.startswith("twisted."):
        return "resource"
    elsewhere = "resource" if module.startswith(_MODULES_OF_RESOURCES) else "reactor"
    return _LANE_OF_CLASS.get(qualname.split(".")[0], elsewhere)
