"""Who holds whom: live objects as cards, and an arrow for each attribute of one that leads to another."""

from collections.abc import Iterator
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.layout import tracks
from snippets.lens.figures.palette import FADED, INK, LANE_COLOURS, LIGHT, WHITE, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, width

MARGIN = 8
GAP = 16  # between cards
HEAD = 22  # of a card: what the object is, and its class
SLOT = 9  # in the head: from one arriving arrow to the next
ROW = 15  # of a card: one attribute at each side
PAD = 7
TRACK = 10  # from one arrow's way to the next
MOST_LETTERS = 28

# What an object is, to the lane whose colour it has. Of "tls factory", the last word says it.
LANE_OF_ROLE = {"port": "transport", "protocol": "channel", "factory": "site"} | {lane: lane for lane in LANE_COLOURS}


class Hold(NamedTuple):
    """One object holds another: the roles of the two, and the attribute; "[…]" after it if a container is between."""

    holder: str
    attribute: str
    held: str


class Arrow(NamedTuple):
    """Where the arrow of a hold runs: from the row of its holder, along a track at one side, to the head of the held.

    `side` is 1 at the right, where arrows run down, and -1 at the left; `track` counts from the cards outwards.
    """

    hold: Hold
    side: int
    leaves: float
    arrives: float
    track: int


class Card(NamedTuple):
    """Where an object stands: its upper edge, the height of its head, and its attributes by side."""

    y: float
    head: float
    rows: dict[int, list[str]]

    @property
    def high(self) -> float:
        most = max(map(len, self.rows.values()))
        return self.head + (ROW * most + PAD if most else 0)


def holders(**objects: object) -> Picture:
    """Draw which of some live objects hold which others, and by which attribute.

    Followed are the attributes of each object itself (its `__dict__`), and the items of a list, tuple, set or dict that
    is such an attribute. What one can reach by a method, a closure or an object that is not given, is not drawn.

    Args:
        objects: what each object is, and the object: `holders(factory=site, transport=wire.transport)`. They stand
            under one another in this order; arrows down run at the right, arrows up at the left.

    Raises:
        LensError: there is nothing to draw, or too much, or one object is given twice.
    """
    roles = {role.replace("_", " "): each for role, each in objects.items()}
    if not roles:
        raise LensError("holders() draws objects: say what each is, as in holders(factory=factory, protocol=protocol)")
    if len({id(each) for each in roles.values()}) < len(roles):
        raise LensError("holders() was given the same object twice: give each only once")
    every = holds(roles)
    cards = _cards(list(roles), every)
    wide = _card_width(roles, cards)
    left = (WIDTH - wide) / 2
    arrows = _arrows(cards, every)
    if any(_reach(arrow) > left - MARGIN for arrow in arrows):
        raise LensError(f"{len(arrows)} arrows don't fit side by side: give holders() fewer objects at once")
    sheet = Sheet(max(card.y + card.high for card in cards.values()) + MARGIN)
    held = {hold.held for hold in every}
    for role, card in cards.items():
        _draw_card(sheet, left, wide, role, type(roles[role]).__name__, card, role in held)
    for arrow in arrows:
        _draw_arrow(sheet, left, wide, arrow)
    return sheet.finished(_alt(roles, every))


def holds(roles: dict[str, object]) -> list[Hold]:
    """Every attribute of one of the objects that leads to one of them; `roles` is what each is -> the object."""
    role_of = {id(each): role for role, each in roles.items()}
    every = (
        Hold(role, f"{attribute}{'[…]' * inside}", role_of[id(value)])
        for role, each in roles.items()
        for attribute, entry in getattr(each, "__dict__", {}).items()
        for value, inside in _reached(entry)
        if id(value) in role_of
    )
    return list(dict.fromkeys(every))


def _reached(entry: object) -> Iterator[tuple[object, bool]]:
    """What an attribute leads to, and whether a container is between."""
    yield entry, False
    if isinstance(entry, dict):
        yield from ((value, True) for pair in list(entry.items()) for value in pair)
    elif isinstance(entry, list | tuple | set | frozenset):
        yield from ((value, True) for value in list(entry))


def _side(hold: Hold, order: list[str]) -> int:
    return 1 if order.index(hold.held) > order.index(hold.holder) else -1


def _cards(order: list[str], every: list[Hold]) -> dict[str, Card]:
    """Put the cards under one another, each high enough for its attributes and for the arrows that arrive."""
    cards: dict[str, Card] = {}
    y = float(MARGIN)
    for role in order:
        own = [hold for hold in every if hold.holder == role]
        rows = {side: [hold.attribute for hold in own if _side(hold, order) == side] for side in (1, -1)}
        rows = {side: list(dict.fromkeys(attributes)) for side, attributes in rows.items()}
        arriving = [_side(hold, order) for hold in every if hold.held == role]
        head = max(HEAD, SLOT * max(arriving.count(1), arriving.count(-1)) + 4)
        cards[role] = Card(y, head, rows)
        y += cards[role].high + GAP
    return cards


def _arrows(cards: dict[str, Card], every: list[Hold]) -> list[Arrow]:
    """A way for each arrow; two on one track don't meet, and the shorter ones are nearer to the cards."""
    order = list(cards)
    leaves = {hold: _row(cards[hold.holder], _side(hold, order), hold.attribute) for hold in every}
    arrives: dict[Hold, float] = {}
    for role, card in cards.items():
        for side in (1, -1):
            arriving = [hold for hold in every if hold.held == role and _side(hold, order) == side]
            # The one that comes from furthest down arrives on top: so arrows to one card don't cross each other.
            arriving.sort(key=leaves.__getitem__, reverse=True)
            top = card.y + (card.head - SLOT * len(arriving)) / 2
            arrives |= {hold: top + SLOT * (place + 0.5) for place, hold in enumerate(arriving)}
    ends = {hold: (leaves[hold], arrives[hold]) for hold in every}
    track_of: dict[Hold, int] = {}
    for side in (1, -1):
        track_of |= tracks({hold: ends[hold] for hold in every if _side(hold, order) == side})
    every = sorted(every, key=lambda hold: abs(arrives[hold] - leaves[hold]))
    return [Arrow(hold, _side(hold, order), *ends[hold], track_of[hold]) for hold in every]


def _row(card: Card, side: int, attribute: str) -> float:
    """The middle of the row in which an attribute stands; one that leads both up and down stands at both sides."""
    return card.y + card.head + ROW * (card.rows[side].index(attribute) + 0.5)


def _reach(arrow: Arrow) -> float:
    """How far from the card an arrow's track is."""
    return 12 + TRACK * arrow.track


def _colour(role: str) -> str:
    return LANE_COLOURS.get(LANE_OF_ROLE.get(role.split()[-1], ""), FADED)


def _card_width(roles: dict[str, object], cards: dict[str, Card]) -> float:
    heads = [width(_said(role), bold=True) + width(_said(type(each).__name__)) for role, each in roles.items()]
    rows = [
        sum(max([width(_said(attribute), mono=True) for attribute in side], default=0) for side in card.rows.values())
        for card in cards.values()
    ]
    return max(heads + rows) + 2 * PAD + 20


def _said(text: str) -> str:
    return cut(text, MOST_LETTERS)


def _draw_card(sheet: Sheet, left: float, wide: float, role: str, kind: str, card: Card, held: bool) -> None:
    colour = _colour(role)
    sheet.box(left, card.y, wide, card.high, WHITE)
    sheet.box(left, card.y, wide, card.head, tint(colour, LIGHT))
    sheet.box(left, card.y, wide, card.high, "none", edge=colour, line=1.4, dashed=not held, layer=3)
    middle = card.y + card.head / 2
    sheet.text(left + PAD, middle, _said(role), bold=True)
    sheet.text(left + wide - PAD, middle, _said(kind), align="right")
    for side, attributes in card.rows.items():
        x = left + wide - PAD if side > 0 else left + PAD
        for attribute in attributes:
            align = "right" if side > 0 else "left"
            sheet.text(x, _row(card, side, attribute), _said(attribute), align=align, mono=True, colour=INK)


def _draw_arrow(sheet: Sheet, left: float, wide: float, arrow: Arrow) -> None:
    edge = left + wide if arrow.side > 0 else left
    out = edge + arrow.side * _reach(arrow)
    points = [(edge, arrow.leaves), (out, arrow.leaves), (out, arrow.arrives), (edge, arrow.arrives)]
    colour = _colour(arrow.hold.held)
    sheet.arrow(points, colour=colour, line=1.3, layer=4)
    sheet.box(edge - 2.2, arrow.leaves - 2.2, 4.4, 4.4, colour, round_by=2.2, layer=4)


def _alt(roles: dict[str, object], every: list[Hold]) -> str:
    named = ", ".join(f"{role} ({type(each).__name__})" for role, each in roles.items())
    held = {hold.held for hold in every}
    nobody = [role for role in roles if role not in held]
    said = [f"Who holds whom among {len(roles)} object{'s' * (len(roles) > 1)}: {named}."]
    by = "; ".join(f"{hold.holder}.{hold.attribute} holds {hold.held}" for hold in every)
    said.append(f"{by}." if by else "None of them holds another.")
    if nobody and by:
        said.append(f"Held by none of these: {', '.join(nobody)}.")
    return " ".join(said)
