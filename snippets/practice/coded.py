"""Steps and outcomes as JSON: bytes are written so that they come back as bytes, and nothing else does."""

import json
from typing import Any

MOST = 1 << 20  # bytes of a reply

_BYTES, _DICT = "bytes", "dict"


def dumps(value: object) -> str:
    """JSON of a value in one line; what JSON has no form for is written as its `repr`."""
    return json.dumps(_plain(value), separators=(",", ":"))


def reply(told: dict[str, Any]) -> bytes:
    """What came of playing a file, in a line; `flood`, if that is too much."""
    line = dumps(told).encode() + b"\n"
    return line if len(line) <= MOST else dumps({"flood": True}).encode() + b"\n"


def loads(text: str | bytes) -> Any:
    """The value again; a tuple comes back as a list.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(text, object_hook=_bytes)


def _plain(value: object) -> object:
    if isinstance(value, bytes | bytearray):
        return {_BYTES: bytes(value).decode("latin-1")}
    if value is None or isinstance(value, bool | str) or type(value) in (int, float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        plain = {str(key): _plain(each) for key, each in value.items()}
        return {_DICT: list(plain.items())} if plain.keys() in ({_BYTES}, {_DICT}) else plain
    return {"repr": repr(value)}


def _bytes(read: dict[str, Any]) -> Any:
    if read.keys() == {_BYTES}:
        return read[_BYTES].encode("latin-1")
    return dict(read[_DICT]) if read.keys() == {_DICT} else read
