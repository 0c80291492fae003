"""What a visitor may have played: read from JSON, refused if it is too much, and made a film of."""

import json
from collections.abc import Callable
from typing import Any

from twisted.web.resource import IResource

from snippets.edition.web_links import linked_texts
from snippets.lens.errors import LensError
from snippets.lens.film import play_film, texts
from snippets.lens.player import Player
from snippets.lens.wire import pieces
from snippets.workshop.scenarios import scenario
from snippets.workshop.scenarios.conversation import Advance, Disconnect, Scenario, Send
from snippets.workshop.scenarios.demo_site import DemoSite

MOST_BYTES = 64 * 1024  # of a play, all pieces together
MOST_ACTS = 1000  # pieces that are sent, pauses, ends
MOST_SECONDS = 86_400  # of the site's clock, in one pause
MOST_STEPS = 20_000
# What the JSON of a play may have at most: each byte takes at most six characters ("\u0000"), each act some more.
MOST_CHARACTERS = 6 * MOST_BYTES + 64 * MOST_ACTS
MOST_ANSWER = 32 << 20  # bytes of a film with its texts, as JSON

Act = tuple[Any, ...]


def acts_of(wanted: object) -> list[Act]:
    """What the client is to do, checked.

    Args:
        wanted: what a visitor sent, as read from JSON: {"acts": [["send", text], ["advance", seconds],
            ["disconnect", whether by a reset], ...]}; each character of a text is a byte.

    Raises:
        LensError: it is not in this form, or more than may be played.
    """
    acts = wanted.get("acts") if isinstance(wanted, dict) else None
    if not isinstance(acts, list) or not acts:
        raise LensError("a play has a list of acts, and at least one")
    if len(acts) > MOST_ACTS:
        raise LensError(f"a play has at most {MOST_ACTS} acts, and this has {len(acts)}")
    checked = [_act(each) for each in acts]
    size = sum(len(act[1]) for act in checked if act[0] == "send")
    if size > MOST_BYTES:
        raise LensError(f"a play sends at most {MOST_BYTES} bytes, and this has {size}")
    if any(act[0] == "disconnect" for act in checked[:-1]):
        raise LensError("after the client has hung up it can do nothing more")
    return checked


def _act(wanted: object) -> Act:
    match wanted:
        case ["send", str() as text] if text:
            try:
                return "send", text.encode("latin-1")
            except UnicodeEncodeError:
                raise LensError("each character of what is sent is one byte, 0 to 255") from None
        case ["advance", (int() | float()) as seconds] if not isinstance(seconds, bool) and 0 < seconds <= MOST_SECONDS:
            return "advance", seconds
        case ["disconnect", bool() as reset]:
            return "disconnect", reset
    raise LensError(f"an act sends at least one byte, waits at most {MOST_SECONDS} seconds, or hangs up")


def played(acts: list[Act], make_root: Callable[[], IResource] = DemoSite) -> dict[str, Any]:
    """The film of a client that does `acts` at a site, with the texts that go with it.

    Raises:
        LensError: nothing that could be shown has run.
    """
    made = Player(play_film(acts, make_root(), limit=MOST_STEPS)).film
    return {"film": made, "texts": _texts_of(made)}


_TEXTS: dict[str, dict[str, Any]] = {}  # by the names of the listings; they are those of any other play


def _texts_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    new = [name for name in made["listings"] if name not in _TEXTS]
    _TEXTS.update(zip(new, linked_texts(texts(made | {"listings": new})), strict=True))
    return [_TEXTS[name] for name in made["listings"]]


# Some of the scenarios that are told by what a client does alone.
PRESETS = (
    *("get", "get-bytewise", "get-random-pieces", "get-cut-in-line-end", "get-missing", "get-again"),
    *("get-chunked-answer", "get-broken", "empty-line-first", "folded-header", "cookies", "query"),
    *("post", "post-random-pieces", "timeout-in-headers", "disconnect-in-headers", "reset-in-body"),
)


def presets() -> str:
    """The plays to begin with, as JSON: name, what each shows, acts."""
    chosen = [scenario(name) for name in PRESETS]
    return json.dumps([{"name": each.name, "about": each.about, "acts": _as_acts(each)} for each in chosen])


def _as_acts(chosen: Scenario) -> list[list[object]]:
    acts: list[list[object]] = []
    for step in chosen.steps:
        match step:
            case Send(data, size):
                acts += [["send", piece.decode("latin-1")] for piece in pieces(data, size)]
            case Advance(seconds):
                acts.append(["advance", seconds])
            case Disconnect(reset):
                acts.append(["disconnect", reset])
    return acts
