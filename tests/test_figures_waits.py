"""Who waited for whom: what is drawn is what was recorded, and can be read."""

import pytest
from twisted.internet.task import deferLater
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.errors import LensError
from snippets.lens.figures import WAIT_POINTS, WAIT_WATCH, waits_for
from snippets.lens.follow.waits import AT_WORK, BEHIND, KEPT, SOURCE, Wait, waits
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.svgs import both

GET = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"


class Page(Resource):
    """Asks sources, all at once, and answers when the last of them has; stops them when the visitor goes."""

    isLeaf = True

    def __init__(self, sources: dict[str, float], cancel: bool = True):
        super().__init__()
        self.sources, self.cancel = sources, cancel

    def render_GET(self, request):
        clock, waiting = request.site.reactor, set(self.sources)

        def answered(name):
            waiting.remove(name)
            if not waiting:
                request.finish()

        asked = [deferLater(clock, seconds, answered, name) for name, seconds in self.sources.items()]
        for source in asked:
            source.addErrback(lambda failure: None)
        if self.cancel:
            request.notifyFinish().addErrback(lambda reason: [source.cancel() for source in asked])
        return NOT_DONE_YET


def traced(sources, data=GET, seconds=5, gone=None, cancel=True) -> Trace:
    with record(WAIT_POINTS, watch=WAIT_WATCH) as trace:
        wire = Wire(Page(sources, cancel))
        wire.send(data)
        for second in range(seconds):
            if second == gone:
                wire.disconnect()
            wire.advance(1)
    return trace


def test_a_page_waits_as_long_as_its_slowest_source():
    assert waits(traced({"news": 1, "weather": 3})) == [
        Wait("/slow", AT_WORK, 0, 3),
        Wait("news", SOURCE, 0, 1),
        Wait("weather", SOURCE, 0, 3),
    ]


def test_what_is_pipelined_is_kept_until_it_is_parsed():
    trace = traced({"news": 2}, GET + GET.replace(b"slow", b"next"))
    assert waits(trace) == [
        Wait("/slow", AT_WORK, 0, 2),
        Wait("news", SOURCE, 0, 2),
        Wait("/next", KEPT, 0, 2),
        Wait("/next", AT_WORK, 2, 4),
        Wait("news", SOURCE, 2, 4),
    ]


def test_when_the_visitor_goes_all_is_cut_short():
    trace = traced({"news": 3}, GET * 2, gone=1)
    assert waits(trace) == [
        Wait("/slow", AT_WORK, 0, 1, cut=True),
        Wait("news", SOURCE, 0, 1, cut=True),
        Wait(BEHIND, KEPT, 0, 1, cut=True),
    ]


def test_a_source_that_nobody_cancels_works_on():
    slow, news = waits(traced({"news": 3}, gone=1, cancel=False))
    assert (slow.end, slow.cut) == (1, True)
    assert (news.end, news.cut) == (3, False)


def test_what_still_waits_has_no_end():
    assert [wait.end for wait in waits(traced({"news": 9, "weather": 2}, GET * 2, seconds=5))] == [None, None, 2, None]


def test_a_source_without_a_name_is_called_one():
    class Plain(Resource):
        isLeaf = True

        def render_GET(self, request):
            deferLater(request.site.reactor, 2, request.finish)
            return NOT_DONE_YET

    with record(WAIT_POINTS, watch=WAIT_WATCH) as trace:
        wire = Wire(Plain())
        wire.send(GET)
        wire.advance(2)
    assert waits(trace)[1] == Wait(SOURCE, SOURCE, 0, 2)


def test_a_trace_that_shows_nothing_is_one_clear_line():
    with record(WAIT_POINTS, watch=WAIT_WATCH) as trace:
        Wire(Page({}))
    with pytest.raises(LensError, match="it has no request"):
        waits(trace)
    with record(WAIT_POINTS) as unwatched:
        Wire(Page({"news": 1})).send(GET)
    with pytest.raises(LensError, match="without watching rightNow"):
        waits(unwatched)


def test_the_picture_says_what_it_shows():
    picture = waits_for(traced({"news": 3}, GET * 2, gone=1))
    assert_legible(picture)
    assert {"/slow", "news", "behind it", "1 s", "lost or cancelled"} <= set(texts(picture))
    assert picture.alt == (
        "One run of 1 s; time runs to the right, to scale. /slow at work from 0 s to 1 s, cut short; "
        "news source from 0 s to 1 s, cut short; behind it kept unparsed from 0 s to 1 s, cut short."
    )


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1, 7, 60, 3601, 1_000_000])
def test_every_scale_can_be_read(seconds):
    trace = traced({"news": seconds, "a source with a name that is too long": seconds / 3}, seconds=1)
    with record(WAIT_POINTS, watch=WAIT_WATCH) as to_the_end:
        wire = Wire(Page({"news": seconds}))
        wire.send(GET)
        wire.advance(seconds)
    runs = {"not to the end": trace, "to the end, with a name that is longer than any lane's": to_the_end}
    picture = both(waits_for, runs)
    assert_legible(picture)
    assert "2 runs" in picture.alt


def test_the_same_trace_gives_the_same_bytes():
    trace = traced({"news": 1})
    assert waits_for(trace).png == waits_for(trace).png
