"""What chapter 04 says of the setters of the proxy channel."""

import re

import pytest

from snippets.lens.errors import LensError
from snippets.lens.lines import lines
from snippets.lens.names import locate
from snippets.lens.source import find, reading
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.site_factory.hello_tls import root


class TestSetters:
    """The lens names the setter of a property, as this chapter does."""

    NAME = "_GenericHTTPChannelProtocol.timeOut.setter"

    def test_a_setter_is_found_apart_from_its_getter(self):
        setter, getter = find(self.NAME), find("_GenericHTTPChannelProtocol.timeOut")
        assert setter.short == self.NAME
        assert setter.lines[setter.first].strip() == "@timeOut.setter"
        assert not setter.lines.keys() & getter.lines.keys()

    def test_its_lines_are_counted(self):
        with lines([self.NAME]) as run:
            Wire(root())
        assert list(run.of(self.NAME).values()) == [1, 1]

    def test_what_has_no_setter_is_told_in_a_line(self):
        with pytest.raises(LensError, match=r"Site\.buildProtocol is no property with a setter"):
            locate("Site.buildProtocol.setter")
        with pytest.raises(LensError, match=r"no function called 'Site\.nothing'"):
            locate("Site.nothing.setter")

    def test_it_can_not_be_recorded(self):
        with pytest.raises(LensError, match=re.escape(f"{self.NAME} can't be recorded")), record([self.NAME]):
            pass

    def test_its_head_is_nothing_that_runs_at_a_call(self):
        with lines([self.NAME]) as run:
            Wire(root())
        assert [row.lit for row in reading(self.NAME, run).rows if not row.fold] == [None, None, True, True]
