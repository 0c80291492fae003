"""Pages whose lines the tests count."""

from twisted.web.resource import Resource

from snippets.lens.lines import Lines

HERE = __name__


class Page(Resource):
    isLeaf = True

    def __init__(self):
        super().__init__()
        self.seen = 0

    def render_GET(self, request):
        self.seen += 1
        return b"page"

    render_HEAD = render_GET

    @property
    def twice(self):
        return self.seen * 2

    @twice.setter
    def twice(self, value):
        self.seen = value // 2

    @staticmethod
    def static(value):
        return value

    @classmethod
    def of_class(cls):
        return cls.__name__


class OtherPage(Resource):
    def render_GET(self, request):
        return b"other"


def counts(run: Lines, name: str) -> list[int]:
    """How often each line of a function of this module ran."""
    return list(run.of(f"{HERE}:{name}").values())
