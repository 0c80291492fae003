"""What chapter 09 says in words and leaves to a test."""

import os
import shutil
import socket
import subprocess
import warnings

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import succeed
from twisted.python.filepath import FilePath, InsecurePath
from twisted.web import pages, static
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.figures import TREE_POINTS, TREE_WATCH, walks
from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.resource_traversal.tree import Leaf, Page
from tests.asked import get, status
from tests.programs import run


def walk(root, target: str):
    with logged(), record(TREE_POINTS, watch=TREE_WATCH) as trace:
        get(root, target)
    return walks(trace)[0]


class Recorder(Page):
    """A branch without children: notes the two lists at each call of its getChild, which returns the branch itself."""

    def __init__(self):
        super().__init__("recorder")
        self.seen = []

    def getChild(self, segment, request):
        self.seen.append((segment, list(request.prepath), list(request.postpath)))
        return self


def test_a_class_in_the_tree_fails_at_the_request():
    """A class that was put in the tree gets a 500 for its path, in render, and below it, in getChildWithDefault."""
    root = Resource()
    root.putChild(b"users", Page)
    for target, method in [("/users", "render"), ("/users/otter", "getChildWithDefault")]:
        with logged() as failures:
            assert b"500 Internal Server Error" in get(root, target)
        assert failures[0].type is TypeError
        assert method in failures[0].getErrorMessage()


@pytest.mark.parametrize("returned", [None, succeed(Page("late"))])
def test_what_getChild_returns_is_not_looked_at_before_it_is_used(returned):
    """A getChild that returns None or a Deferred makes a 500, at the end of the walk and in the middle."""

    class Wrong(Resource):
        def getChild(self, segment, request):
            return returned

    assert status(Wrong(), "/a") == 500
    assert status(Wrong(), "/a/b") == 500


@pytest.mark.parametrize(("kind", "sent"), [(None, b"text/html"), (b"text/plain; charset=utf-8",) * 2])
def test_a_segment_is_html_unless_it_is_sent_as_text(kind, sent):
    """A page that writes its segment sends a tag in it as it came: as HTML, or as text if the page says so."""

    class Echo(Resource):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def render_GET(self, request):
            if kind:
                request.setHeader(b"Content-Type", kind)
            return self.name

    class Echoes(Resource):
        def getChild(self, segment, request):
            return Echo(segment)

    head, _, body = get(Echoes(), "/%3Cb%3E").partition(b"\r\n\r\n")
    assert body == b"<b>"
    assert b"\r\nContent-Type: " + sent + b"\r\n" in head + b"\r\n"


def test_none_stays_in_the_tree_although_putChild_raises():
    root = Resource()
    with pytest.raises(AttributeError):
        root.putChild(b"a", None)
    assert root.children == {b"a": None}


def test_the_segment_is_in_prepath_when_getChild_is_called():
    """In the walk of /a/b/c the getChild that is asked for b sees a and b in prepath, and c in postpath."""
    root = Recorder()
    get(root, "/a/b/c")
    assert root.seen[1] == (b"b", [b"a", b"b"], [b"c"])


def test_a_leaf_leaves_segments_and_getChild_eats_them():
    """A leaf has a and b in postpath; a resource that returns itself has them in prepath, after a getChild for each."""
    root = Resource()
    root.putChild(b"leaf", Leaf("it"))
    root.putChild(b"itself", itself := Recorder())
    assert get(root, "/leaf/a/b").endswith(b"it, prepath [b'leaf'], postpath [b'a', b'b']\n")
    assert get(root, "/itself/a/b").endswith(b"recorder, prepath [b'itself', b'a', b'b'], postpath []\n")
    assert [segment for segment, _, _ in itself.seen] == [b"a", b"b"]


def test_the_children_of_a_leaf_are_never_asked_for():
    leaf = Leaf("leaf")
    leaf.putChild(b"a", Page("a"))
    assert walk(leaf, "/a").steps == ()
    assert walk(leaf, "/a").left == (b"a",)


QUOTED = st.text("ab/.%\0é ", max_size=5).map(str.encode)


@given(st.lists(QUOTED, min_size=1, max_size=6))
def test_any_segments_reach_the_resource_that_was_put_under_them(segments):
    root = branch = Resource()
    for segment in segments[:-1]:
        below = Resource()
        branch.putChild(segment, below)
        branch = below
    branch.putChild(segments[-1], Page("found"))
    target = "".join("/" + "".join(f"%{byte:02x}" for byte in segment) for segment in segments)
    assert get(root, target).endswith(f"found, prepath {segments}, postpath []\n".encode())


def test_sitepath_is_empty_for_a_site():
    """A resource of a site finds sitepath empty, also below the root."""

    class Sitepath(Resource):
        isLeaf = True

        def render_GET(self, request):
            return repr(request.sitepath).encode()

    root = Resource()
    root.putChild(b"a", Sitepath())
    assert get(root, "/a/b").endswith(b"\r\n\r\n[]")


def test_there_is_a_warning_for_each_404():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            assert status(Resource(), "/a") == 404
    assert [warning.category for warning in caught if "_UnsafeNoResource" in str(warning.message)] == (
        [DeprecationWarning] * 2
    )


def test_the_warning_is_not_shown_by_default():
    """A 404 of a bare Resource prints nothing to standard error in a Python with default filters."""
    code = "from snippets.lens.wire import Wire; from twisted.web.resource import Resource; "
    code += "print(Wire(Resource()).send(b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')[9:12])"
    assert run("-c", code) == (0, "b'404'\n", "")


def test_a_resource_taken_out_of_the_tree_finishes_its_requests():
    """A request that waits is answered by a resource that was taken out since; the next one gets a 404."""

    class Slow(Resource):
        def render_GET(self, request):
            self.request = request
            return NOT_DONE_YET

    root = Resource()
    root.putChild(b"slow", slow := Slow())
    wire = Wire(root)
    get = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
    assert wire.send(get) == b""
    root.delEntity(b"slow")
    slow.request.finish()
    assert wire.receive().startswith(b"HTTP/1.1 200 OK\r\n")
    assert wire.send(get).startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_the_404_page_of_the_root_is_not_that_of_its_branches():
    class Root(Resource):
        def getChild(self, segment, request):
            return pages.errorPage(404, "Ours", "")

    root = Root()
    root.putChild(b"docs", Resource())
    assert b"Ours" in get(root, "/none")
    assert b"Ours" not in get(root, "/docs/none")


@pytest.fixture
def folder(tmp_path):
    public = tmp_path / "public"
    (public / "sub").mkdir(parents=True)
    (public / "a.txt").write_text("a")
    (public / "sub" / "b.txt").write_text("b")
    (tmp_path / "secret.txt").write_text("SECRET")
    (tmp_path / "public-too").write_text("SECRET")
    return public


def test_a_nul_is_a_value_error(folder):
    """A NUL in a path raises a ValueError in static.File, and the answer is a 500."""
    with logged() as failures:
        assert b"500 Internal Server Error" in get(static.File(str(folder)), "/a%00")
    assert [failure.type for failure in failures] == [ValueError]


def test_bytes_that_are_not_utf_8_are_logged_and_a_404(folder):
    with logged() as failures:
        assert b"404 Not Found" in get(static.File(str(folder)), "/%ff")
    assert [failure.type for failure in failures] == [UnicodeDecodeError]


def test_a_name_that_is_not_utf_8_spoils_the_listing(folder):
    """One name that is not UTF-8 makes the listing a 500; another file in the folder is still served."""
    assert status(static.File(str(folder)), "/") == 200
    try:
        (folder / os.fsdecode(b"caf\xe9.txt")).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    assert status(static.File(str(folder)), "/") == 500
    assert status(static.File(str(folder)), "/a.txt") == 200
    assert status(static.File(str(folder)), "/caf%E9.txt") == 404


def test_an_index_file_spares_the_listing(folder):
    """With an index file, a folder that can't be read and one with a name that is not UTF-8 get a 200."""
    (folder / "sub").chmod(0o100)
    try:
        (folder / os.fsdecode(b"caf\xe9.txt")).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    for target, index in [("/", "a.txt"), ("/sub/", "b.txt")]:
        site = static.File(str(folder))
        site.indexNames = [index]
        assert status(site, target) == 200


def test_a_listing_has_relative_links_and_hidden_files(folder):
    """A listing has links to a.txt and to .hidden, without a slash in front."""
    (folder / ".hidden").touch()
    listing = get(static.File(str(folder)), "/")
    assert b'href="a.txt"' in listing
    assert b'href=".hidden"' in listing


PARTS = st.lists(st.sampled_from(["..", ".", "", "sub", "a.txt", "public", "public-too", "secret.txt"]), max_size=6)
SLASHES = st.sampled_from(["/", "%2f", "%2F", "//"])
DOTS = st.sampled_from([".", "%2e"])


@settings(max_examples=300)
@given(PARTS, st.data())
def test_no_spelling_of_a_path_leads_out_of_the_folder(tmp_path_factory, parts, data):
    """Paths of up to six parts, with dots and slashes quoted or not, brought no file from outside the folder."""
    home = tmp_path_factory.getbasetemp() / "no_way_out"
    if not home.exists():
        (home / "public" / "sub").mkdir(parents=True)
        (home / "public" / "a.txt").write_text("a")
        for name in ["secret.txt", "public-too"]:
            (home / name).write_text("SECRET")
    target = "/" + "".join(part.replace(".", data.draw(DOTS)) + data.draw(SLASHES) for part in parts)
    assert b"SECRET" not in get(static.File(str(home / "public")), target)
    assert b"SECRET" not in get(static.File(str(home / "public")), target.rstrip("/"))


NAMES = st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "/", "a", "public-too"])).map("".join)


@given(NAMES)
def test_a_child_is_the_folder_or_right_below_it(name):
    assume("\0" not in name)
    folder = FilePath("/srv/public")
    try:
        child = folder.child(name)
    except InsecurePath:
        return
    assert child == folder or child.parent() == folder


@pytest.mark.parametrize("target", ["/..%2fpublic-too", "/%2e%2e%2fpublic-too", "/sub/..%2f..%2fpublic-too"])
def test_a_name_that_begins_as_the_folder_does_is_not_in_it(folder, target):
    assert status(static.File(str(folder)), target) == 404


def test_more_than_the_whole_file_from_its_end_is_a_500(folder):
    for length, code in [(1, b"206"), (2, b"500")]:
        with logged() as failures:
            assert get(static.File(str(folder)), "/a.txt", f"Range: bytes=-{length}").split(b" ")[1] == code
    assert [failure.type for failure in failures] == [OSError]


def test_a_folder_that_can_not_be_read_is_a_500(folder):
    """A folder that can be entered but not read gets a 500 for its listing, and a 200 for its file."""
    (folder / "sub").chmod(0o100)
    if os.access(folder / "sub", os.R_OK):
        pytest.skip("this user may read everything")
    assert status(static.File(str(folder)), "/sub/") == 500
    assert status(static.File(str(folder)), "/sub/b.txt") == 200


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize(("option", "path"), [([], b"/sub/b.txt"), (["--path-as-is"], b"/./sub/b.txt")])
def test_curl_takes_dots_out_unless_it_is_told_not_to(option, path):
    """For a URL with /./sub, curl asks for /sub; with --path-as-is it asks for /./sub."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/./sub/b.txt"
        with subprocess.Popen(["curl", "--silent", "--noproxy", "*", *option, url], stdout=subprocess.DEVNULL):
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1000).split(b" ")[1] == path


def test_an_ignored_extension_need_not_be_asked_for(folder):
    """With .txt among its ignoredExts a File serves a.txt for /a, and without, /a is a 404."""
    assert get(static.File(str(folder), ignoredExts=(".txt",)), "/a").endswith(b"\r\n\r\na")
    assert status(static.File(str(folder)), "/a") == 404


def test_a_child_takes_over_the_server_of_its_parent():
    """A child has the server of the resource that it was put into, which is None unless it was set."""
    root, first, second = Resource(), Resource(), Resource()
    root.putChild(b"first", first)
    root.server = "a server"
    root.putChild(b"second", second)
    assert (first.server, second.server) == (None, "a server")


def test_the_session_cookie_is_named_after_the_sitepath():
    """A session that is asked for with a in sitepath has the cookie TWISTED_SESSION_a, else TWISTED_SESSION."""

    class Session(Resource):
        isLeaf = True

        def render_GET(self, request):
            request.sitepath += request.postpath[1:]
            request.getSession()
            return b""

    assert b"\r\nSet-Cookie: TWISTED_SESSION=" in get(Session(), "/")
    assert b"\r\nSet-Cookie: TWISTED_SESSION_a=" in get(Session(), "/x/a")
