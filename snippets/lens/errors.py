"""The one kind of error that is meant for a reader: a clear line that says what to do."""


class LensError(Exception):
    """Something the reader asked for can't be done; the message says what to do instead."""
