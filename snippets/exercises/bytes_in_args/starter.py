"""A page that greets by name: `/?name=Ann` is to be answered `Hello, Ann! 3 letters`.

It greets `nobody`, whatever it is asked. Repair it:

    If several names come, the first one counts.
    If none comes, or an empty one, the answer is `Hello, nobody! 6 letters`.
    A name is UTF-8. Letters are counted, and not bytes: Zoë has 3.
    What is no UTF-8 is refused with the status 400.

The answer is UTF-8, too.
"""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get("name", "nobody")
        return f"Hello, {name}! {len(name)} letters".encode()
