"""A name that a reader types leads to one function, or to a line that says what is wrong with it."""

import sys
import types
import warnings
from functools import lru_cache, partial, wraps

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet import abstract
from twisted.internet.interfaces import IProtocol
from twisted.protocols import policies
from twisted.python.components import proxyForInterface
from twisted.web import http, resource, server

from snippets.lens.errors import LensError
from snippets.lens.names import complete, listed, locate, locate_class, mangled
from snippets.lens.trace import record

HERE = __name__


def plain():
    """A function of the reader's own."""


again = plain


@wraps(plain)
def decorated():
    plain()


class Base:
    constant = 1
    Inner = dict
    instance = plain.__get__(object())
    counted = lru_cache(plain)
    bound = partial(plain)

    def method(self):
        """A method."""

    @staticmethod
    def static():
        """A static method."""

    @classmethod
    def of_class(cls):
        """A class method."""

    @property
    def attribute(self):
        """A property."""

    def _set(self, value):
        """Set what can't be read."""

    written = property(None, _set)

    class Nested:
        def method(self):
            """A method of a class inside a class."""


class Derived(Base):
    pass


class Proxy(proxyForInterface(IProtocol)):
    pass


@pytest.mark.parametrize(
    "name",
    [
        "twisted.web.http:HTTPChannel.lineReceived",
        "twisted.web.http.HTTPChannel.lineReceived",
        "http.HTTPChannel.lineReceived",
        "HTTPChannel.lineReceived",
    ],
)
def test_the_forms_of_a_name(name):
    place = locate(name)
    assert place[:3] == ("twisted.web.http:HTTPChannel.lineReceived", http.HTTPChannel, "lineReceived")
    assert place.raw is http.HTTPChannel.lineReceived
    assert place.function is http.HTTPChannel.lineReceived


@pytest.mark.parametrize(
    ("name", "full", "owner"),
    [
        ("HTTPChannel.setTimeout", "twisted.protocols.policies:TimeoutMixin.setTimeout", policies.TimeoutMixin),
        ("server.Request.finish", "twisted.web.server:Request.finish", server.Request),
        ("server.Request.getHeader", "twisted.web.http:Request.getHeader", http.Request),
        ("tcp.Server.startReading", "twisted.internet.abstract:FileDescriptor.startReading", abstract.FileDescriptor),
    ],
)
def test_an_inherited_method_is_its_class_s(name, full, owner):
    assert locate(name)[:2] == (full, owner)


def test_a_re_export_is_the_original():
    assert server.datetimeToString is http.datetimeToString
    for name in ("server.datetimeToString", "http.datetimeToString", "twisted.web.server:datetimeToString"):
        assert locate(name).name == "twisted.web.http:datetimeToString"
        assert vars(locate(name).owner) is vars(http)


def test_another_name_for_a_function_is_the_original():
    assert locate(f"{HERE}:again")[:3] == (f"{HERE}:plain", sys.modules[HERE], "plain")


@pytest.mark.parametrize(
    "name",
    ["method", "static", "of_class", "attribute", "Nested.method"],
)
def test_the_reader_s_own(name):
    place = locate(f"{HERE}:Base.{name}")
    assert place.name == f"{HERE}:Base.{name}"
    assert place.function.__code__.co_filename == __file__
    assert place.function.__name__ == name.rpartition(".")[2]
    if "." not in name:
        assert locate(f"{HERE}:Derived.{name}") == place


def test_a_module_that_is_not_imported_yet_is_imported(tmp_path, monkeypatch):
    (tmp_path / "page_of_mine.py").write_text("class Page:\n    def render(self):\n        pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        assert locate("page_of_mine:Page.render").owner is sys.modules["page_of_mine"].Page
    finally:
        sys.modules.pop("page_of_mine", None)


def test_what_a_decorator_hides_is_found():
    assert locate(f"{HERE}:decorated").raw is decorated
    assert locate(f"{HERE}:decorated").function is plain


def test_what_a_proxy_looks_up_elsewhere_has_no_code():
    place = locate(f"{HERE}:Proxy.connectionMade")
    assert place.owner is Proxy.__mro__[1]
    assert place.function is None


def test_a_name_that_stands_twice_is_refused_with_both():
    with pytest.raises(LensError) as refusal:
        locate("Request.process")
    assert "twisted.web.http:Request.process" in str(refusal.value)
    assert "twisted.web.server:Request.process" in str(refusal.value)
    assert locate("http.Request.process").owner is http.Request
    assert locate("server.Request.process").owner is server.Request


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("HTTPChannel.linereceived", "HTTPChannel.lineReceived"),
        ("HttpChannel.headerRecieved", "HTTPChannel.headerReceived"),
        ("twisted.web.http:HTTPChannel.lineRecieved", "HTTPChannel.lineReceived"),
        ("Resource.rendr", "Resource.render"),
        ("getChildForRequests", "getChildForRequest"),
        ("MyPage.getChildWithDefault", "Resource.getChildWithDefault"),
        ("IRequest.write", "Request.write"),
    ],
)
def test_a_misspelt_name_is_refused_with_near_ones(typed, near):
    with pytest.raises(LensError, match="no function called") as refusal:
        locate(typed)
    suggested = str(refusal.value).partition("did you mean ")[2].rstrip("?").split(" or ")
    assert near in suggested
    assert len(suggested) == len(set(suggested))


def test_no_more_than_three_are_suggested_and_of_an_unknown_class_those_with_the_method():
    for typed in ("Zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz.connectionMade", "HTTPChannel.headersReceived"):
        with pytest.raises(LensError) as refusal:
            locate(typed)
        suggested = str(refusal.value).partition("did you mean ")[2].rstrip("?").split(" or ")
        assert len(suggested) == 3
        if typed.startswith("Z"):
            assert suggested == sorted(name for name in complete() if name.endswith(".connectionMade"))[:3]
    with pytest.raises(LensError, match=r"called 'Zzzzzzzzzzzz\.zzzzzzzzzzzzz'$"):
        locate("Zzzzzzzzzzzz.zzzzzzzzzzzzz")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HTTPChannel", "is a class: say which of its methods, as in HTTPChannel."),
        ("http.HTTPChannel", "is a class: say which of its methods, as in http.HTTPChannel."),
        ("twisted.web.http:HTTPChannel", "is a class"),
        ("HTTPChannel.MAX_LENGTH", "its type is int"),
        ("http.OK", "its type is int"),
        ("http.responses", "its type is "),
        ("HTTPChannel.__module__", "its type is str"),
        ("HTTPChannel.__dict__", "its type is getset_descriptor"),
        ("HTTPChannel.__provides__", "its type is ClassProvides"),
        ("Request.__str__", "its type is wrapper_descriptor"),
        ("HTTPChannel.__class__", "its type is getset_descriptor"),
        ("Site.requestFactory", "is a class"),
        (f"{HERE}:Base.constant", "its type is int"),
        (f"{HERE}:Base.Inner", "is a class"),
        (f"{HERE}:Base.instance", "its type is method"),
        (f"{HERE}:Base.counted", "its type is _lru_cache_wrapper"),
        (f"{HERE}:Base.bound", "its type is partial"),
        (f"{HERE}:Base.written", "its type is property"),
        (f"{HERE}:sys", "its type is module"),
    ],
)
def test_what_is_no_function_is_refused_with_what_it_is(name, said):
    with pytest.raises(LensError) as refusal:
        locate(name)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


ODD = [
    "",
    ".",
    "..",
    ":",
    "::",
    "a:b:c",
    "a:b",
    ".a:b",
    "a.:b",
    "twisted.web.http:",
    "twisted.web.http:.",
    "twisted.web.http:HTTPChannel.",
    "twisted",
    "twisted.",
    "twisted..web",
    "twisted.web",
    "twisted.nowhere:x",
    "snippets",
    "snippets.x",
    "http",
    "http.",
    "http.twisted",
    "é",
    "HTTPChannel.",
    ".HTTPChannel",
    " HTTPChannel.lineReceived",
    "HTTPChannel.lineReceived()",
    "HTTPChannel.lineReceived.__call__",
    "HTTPChannel.MAX_LENGTH.bit_length",
    "http.OK.real",
    "os.system",
    "os.path.join",
    "sys.exit",
    "builtins:print",
    "builtins:object.__init__",
    "__main__",
    "__main__.x",
    "__main__:",
    "reactor.callLater",
    "IRequest.write",
    "\0",
    "a\0:b",
    "a/b:c",
    "x" * 10_000,
    "\n",
]


@pytest.mark.parametrize("name", ODD, ids=lambda name: repr(name[:40]))
def test_an_odd_name_is_refused_in_a_line(name):
    with pytest.raises(LensError) as refusal:
        locate(name)
    assert "\n" not in str(refusal.value)
    assert "can't be imported" not in str(refusal.value)
    with pytest.raises(LensError):
        locate_class(name)


@pytest.mark.parametrize("name", [None, 1, b"HTTPChannel.lineReceived", http.HTTPChannel, ["HTTPChannel"]], ids=repr)
def test_what_is_no_text_is_refused(name):
    with pytest.raises(LensError, match="say the name as text"):
        locate(name)


PARTS = ["twisted", "web", "http", "HTTPChannel", "lineReceived", "", "é", "__dict__", "Request", "factory", "setter"]


@settings(max_examples=60)
@given(
    st.text()
    | st.lists(st.sampled_from(PARTS), max_size=5).map(".".join)
    | st.lists(st.sampled_from(["twisted.web.http", *PARTS]), max_size=3).map(":".join)
)
def test_any_text_is_a_function_or_refused(text):
    try:
        place = locate(text)
    except LensError:
        return
    assert vars(place.owner)[place.attribute] is place.raw
    assert locate(place.name) == place


def test_looking_warns_of_nothing():
    """`twisted.web.http` warns whoever asks it for HTTPClient."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert locate("HTTPClient.sendCommand").name == "twisted.web.http:HTTPClient.sendCommand"
        complete()


def test_names_are_the_same_while_they_are_recorded():
    points = ["HTTPChannel.lineReceived", "datetimeToString", f"{HERE}:Proxy.connectionMade", f"{HERE}:Base.attribute"]
    before = [locate(name) for name in points]
    functions = [place.function for place in before]
    with record(points):
        assert [locate(name) for name in points] == before
        assert [locate(name).function for name in points] == functions


def test_a_module_made_by_hand_is_no_obstacle(monkeypatch):
    module = types.ModuleType("made_by_hand")
    exec("def function(): pass", vars(module))
    module.function.__module__ = "nowhere"
    monkeypatch.setitem(sys.modules, "made_by_hand", module)
    assert locate("made_by_hand:function")[:3] == ("made_by_hand:function", module, "function")
    monkeypatch.setitem(sys.modules, "no_module_at_all", 5)
    with pytest.raises(LensError):
        locate("no_module_at_all:function")


@pytest.mark.parametrize("name", ["HTTPChannel", "http.HTTPChannel", "twisted.web.http:HTTPChannel"])
def test_a_class_is_found_by_the_same_forms(name):
    assert locate_class(name) is http.HTTPChannel


def test_a_class_that_stands_twice_is_refused_with_both():
    with pytest.raises(LensError, match=r"twisted\.web\.http:Request or twisted\.web\.server:Request"):
        locate_class("Request")
    assert locate_class("server.Request") is server.Request
    assert locate_class("Resource") is resource.Resource


@pytest.mark.parametrize("name", ["Nothing", "HTTPChannel.lineReceived", "http.OK"])
def test_what_is_no_class_is_refused(name):
    with pytest.raises(LensError, match="no class called"):
        locate_class(name)


def test_a_setter_is_named_after_its_property():
    place = locate("_GenericHTTPChannelProtocol.factory.setter")
    assert place.function is http._GenericHTTPChannelProtocol.factory.fset
    assert place.name == "twisted.web.http:_GenericHTTPChannelProtocol.factory.setter"
    assert locate(place.name) == place
    for name in (f"{HERE}:Base.attribute.setter", "HTTPChannel.lineReceived.setter"):
        with pytest.raises(LensError, match="no property with a setter"):
            locate(name)


@pytest.mark.parametrize(
    ("class_name", "name", "attribute"),
    [
        ("HTTPChannel", "__header", "_HTTPChannel__header"),
        ("_Private", "__header", "_Private__header"),
        ("HTTPChannel", "__header.name", "_HTTPChannel__header.name"),
        ("HTTPChannel", "_header", "_header"),
        ("HTTPChannel", "transport.__header", "transport.__header"),
        ("HTTPChannel", "__init__", "__init__"),
        ("HTTPChannel", "__class__.__name", "__class__.__name"),
        ("__", "__header", "__header"),
    ],
)
def test_a_private_name_is_stored_as_python_stores_it(class_name, name, attribute):
    assert mangled(class_name, name) == attribute
    if "." not in name:
        made = {}
        exec(f"class {class_name}:\n    {name} = 1\n", made)
        assert attribute in vars(made[class_name])


def test_names_come_in_a_list():
    assert listed(name for name in "ab") == ("a", "b")
    with pytest.raises(LensError, match=r"names come in a list: write \['ab'\]"):
        listed("ab")
