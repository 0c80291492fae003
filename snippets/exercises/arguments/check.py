"""Predict what stands in args and postpath for five requests."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="08_request",
    title="What a page finds in its request",
    kind="predict",
    minutes=5,
    section="Change one thing: a body",
)

SAYS = {
    "a_names": "parse_qs splits at the separators, and then each part at its equals sign.",
    "a_values": "A name may come more than once, and all that came is kept, in its order.",
    "b_values": "There are two separators. In a query a plus is a space, and a plus that is meant is written as %2B.",
    "c_names": "The form updates what the query gave, as a dict is updated by another: name by name.",
    "c_values": "A dict that is updated keeps one value for a key, and here the value is a list.",
    "d_names": "A form is looked for under two conditions; one of them is about the method.",
    "segments": "A path is cut at its slashes first, and unquoted after. The plus is a rule of forms, not of paths.",
}
LIKELY = {
    "a_names": {
        (b"a", b"b", b"c"): "a part without an equals sign that is a name.",
        (b"a",): "an empty value that is dropped.",
        (b"a", b"c"): "an empty value that is dropped, and a part without an equals sign that is a name.",
    },
    "a_values": {(b"2",): "the last value alone.", (b"1",): "the first value alone."},
    "b_values": {
        (b"salt + pepper;page=2",): "a query that is split at & alone.",
        (b"salt+++pepper",): "a plus that is a plus.",
        (b"salt   pepper",): "a plus that is looked for after the % signs are gone.",
        (b"salt+%2B+pepper",): "a query that is not unquoted.",
    },
    "c_names": {(b"x",): "a form that takes the place of the whole query."},
    "c_values": {
        (b"1", b"3", b"4"): "a form that adds to the query.",
        (b"3", b"4", b"1"): "a query that adds to the form.",
        (b"1",): "a query that wins.",
        (b"4",): "the last value alone.",
    },
    "d_names": {(b"x", b"y"): "a form that is looked for in every request with a body.", (b"y",): "the form alone."},
    "segments": {
        (b"one two", b"three", b"four"): "a path that is unquoted like a query, before it is cut.",
        (b"one+two", b"three", b"four"): "a path that is unquoted before it is cut.",
        (b"one two", b"three/four"): "a plus that is a space.",
        (b"one+two", b"three%2Ffour"): "a path that is not unquoted.",
    },
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource

    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render(self, request):
            got.append((request.args, request.postpath))
            return b"ok"

    got = []
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    for line, body in [
        ("GET /?a=1&b=&a=2&c", ""),
        ("GET /?q=salt+%2B+pepper;page=2", ""),
        ("POST /?x=1&y=2", "x=3&x=4"),
        ("PUT /?x=1", "y=2"),
        ("GET /one+two/three%2Ffour", ""),
    ]:
        more = f"{form}Content-Length: {len(body)}\r\n" if body else ""
        Wire(Page()).send(f"{line} HTTP/1.1\r\nHost: a\r\n{more}\r\n{body}".encode())
    (a, _), (b, _), (c, _), (d, _), (_, segments) = got
    values = {"a_values": a[b"a"], "b_values": b[b"q"], "c_values": c[b"x"]}
    names = {"a_names": sorted(a), "c_names": sorted(c), "d_names": sorted(d)}
    told = names | values | {"segments": segments}
    return {name: told[name] for name in SAYS}
