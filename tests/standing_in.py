"""A plugin of pytest: what is tested then runs on the stand-ins of a browser."""

from snippets.browser import standins

standins.install()
