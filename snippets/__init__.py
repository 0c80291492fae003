"""The programs of the book, and the lens that shows Twisted at work."""

import sys

if sys.platform == "emscripten":  # in a browser: what it lacks of an operating system, before Twisted is imported
    from snippets.browser import standins

    standins.install()
