"""Settings of all tests: a busy machine makes no test fail, for none is timed."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
