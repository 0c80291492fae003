"""A page counts on three objects how often it was asked:

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            for each in [self, request.channel, request]:
                each.asked = getattr(each, "asked", 0) + 1
            return b"..."

    site = Site(Page(), timeout=30)

Client a asks, client b asks, and a asks again over its open connection. Then `site.timeOut = 5` is set, a asks a
third time, and a client c connects. Write a value in the place of each `...`; nothing here is run.
"""

page = ...  # asked of the page, when a has asked for the second time
channel = ...  # asked of a's channel then
request = ...  # asked of a's second request then
channels = ...  # how many channels have been made when c has connected
requests = ...  # how many requests have been made then
old = ...  # the timeOut of a's channel at the end
new = ...  # the timeOut of c's channel
