"""The programs of chapter 09, run as a reader runs them: as processes, over a real socket, by real clients."""

import http.client
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from snippets.resource_traversal import files, tree
from tests.programs import Program, refused, run, running

SNIPPETS = Path(tree.__file__).parent
TREE, DYNAMIC, FILES = (str(SNIPPETS / name) for name in ("tree.py", "dynamic_children.py", "files.py"))


@contextmanager
def serving(*command: str) -> Iterator[tuple[Program, int]]:
    """The server as a process, and the port it says it listens on."""
    with running(*command) as program:
        said = re.fullmatch(r"Listening on http://127\.0\.0\.1:(\d+)/(users)?", program.line())
        yield program, int(said[1])


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path):
    public = tmp_path / "public"
    (public / "sub").mkdir(parents=True)
    for name in ["a.txt", ".hidden", "sub/b.txt", "sub/.hidden"]:
        (public / name).write_text(f"this is {name}")
    (tmp_path / "secret.txt").write_text("SECRET")
    for name, target in [("out.txt", "../secret.txt"), ("up", ".."), ("in.txt", "sub/b.txt"), ("loop", "loop")]:
        (public / name).symlink_to(target)
    return public


@pytest.mark.parametrize("command", [(TREE,), (DYNAMIC,), (FILES, ".")], ids=["tree", "dynamic_children", "files"])
class TestEach:
    def test_ctrl_c_is_an_orderly_end(self, command):
        with serving(*command) as (program, port):
            assert program.interrupt() == (0, "Stopped.\n", "")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=30)

    def test_bad_input_is_refused(self, command):
        refused(run(*command, "--nonsense"), "unrecognized arguments: --nonsense")

    def test_what_was_made_with_a_browser_in_mind_works_with_curl(self, command):
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")
        with serving(*command) as (_, port):
            url = f"http://127.0.0.1:{port}/none"
            answer = subprocess.run(["curl", "--silent", "--noproxy", "*", "--include", url], capture_output=True)
        assert answer.stdout.startswith(b"HTTP/1.1 404 Not Found\r\n")


class TestTree:
    def test_it_prints_each_walk(self):
        with serving(TREE) as (program, port):
            assert get(port, "/docs/intro") == (200, "intro, prepath [b'docs', b'intro'], postpath []\n")
            assert [program.line() for _ in range(4)] == [
                "GET /docs/intro is [b'docs', b'intro']",
                "  Resource is asked for b'docs', returns Resource; left: [b'intro']",
                "  Resource is asked for b'intro', returns Page; left: []",
                "  Page renders; left: []",
            ]

    def test_a_leaf_and_a_miss(self):
        with serving(TREE) as (program, port):
            assert get(port, "/api/v1")[1] == "api, prepath [b'api'], postpath [b'v1']\n"
            assert [program.line() for _ in range(3)][-1] == "  Leaf renders; left: [b'v1']"
            assert get(port, "//intro")[0] == 404
            assert [program.line() for _ in range(4)][-2:] == [
                "  Page is asked for b'intro', returns _UnsafeNoResource; left: []",
                "  _UnsafeNoResource renders; left: []",
            ]

    def test_of_a_long_path_little_is_printed(self, capsys):
        request = b"GET /docs" + b"/" * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        assert Wire(tree.WalkSite(tree.Told(tree.root()))).send(request).startswith(b"HTTP/1.1 404")
        _, *steps = capsys.readouterr().out.splitlines()
        assert len(steps) == 2002
        assert max(map(len, steps)) < 200

    def test_what_is_printed_changes_no_answer(self):
        for target in ["/", "/hello", "/hello/", "/docs", "/docs/", "/docs/intro", "/api/x", "/%2Fhello", "/none/a"]:
            data = f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            assert Wire(tree.root()).send(data) == Wire(tree.Told(tree.root())).send(data)


class TestDynamicChildren:
    def test_children_are_made_as_far_as_there_are_any(self):
        with serving(DYNAMIC) as (_, port):
            assert get(port, "/users") == (200, "otter, heron\n")
            assert get(port, "/users/otter") == (200, "posts: 2\n")
            assert get(port, "/users/otter/newest") == (200, "More fish\n")
            for path in ["/users/nobody", "/users/", "/users/otter/photos", "/users/nobody/newest"]:
                assert get(port, path)[0] == 404


class TestFiles:
    def test_it_serves_a_folder_and_lists_it(self, folder):
        with serving(FILES, str(folder)) as (_, port):
            assert get(port, "/a.txt") == (200, "this is a.txt")
            assert get(port, "/sub/b.txt") == get(port, "/in.txt") == (200, "this is sub/b.txt")
            status, page = get(port, "/")
            assert status == 200
            assert re.findall('href="(.*?)"', page) == ["sub/", "a.txt", "in.txt"]
            assert re.findall('href="(.*?)"', get(port, "/sub/")[1]) == ["b.txt"]

    @pytest.mark.parametrize(
        "target",
        [
            *["/.hidden", "/sub/.hidden", "/out.txt", "/up/secret.txt", "/up", "/loop", "/../secret.txt", "/./a.txt"],
            *["/%2e/a.txt", "/.%2fa.txt", "/x%2f../a.txt", "/a.txt%00", "/%ff", "/none", "/a.txt/", "//a.txt"],
        ],
    )
    def test_its_limits(self, folder, target):
        """The server files.py answers 404 for hidden names, links that lead out, and dots in the place of a name."""
        with logged() as failures:
            response = Wire(files.root(str(folder))).send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert response.startswith(b"HTTP/1.1 404 Not Found\r\n")
        assert {failure.type for failure in failures} <= {UnicodeDecodeError}

    def test_an_index_file_is_shown_in_the_place_of_the_listing(self, folder):
        (folder / "sub" / "index.html").write_text("the index")
        (folder / "index.html").symlink_to("../secret.txt")
        root = files.root(str(folder))
        assert Wire(root).send(b"GET /sub/ HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"the index")
        assert Wire(root).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 404")

    def test_a_name_that_is_not_utf_8_is_left_out_of_the_listing(self, folder):
        try:
            (folder / os.fsdecode(b"caf\xe9.txt")).touch()
        except OSError:
            pytest.skip("this file system has no such names")
        assert b"200 OK" in Wire(files.root(str(folder))).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

    @pytest.mark.parametrize("name", ["no\u00a0break.txt", "new\nline.txt", "Screenshot 1\u202fPM.png"])
    def test_a_name_that_is_served_is_listed(self, folder, name):
        (folder / name).touch()
        listing = Wire(files.root(str(folder))).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").decode()
        (href,) = [href for href in re.findall('href="(.*?)"', listing) if unquote(href) == name]
        response = Wire(files.root(str(folder))).send(f"GET /{href} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert response.startswith(b"HTTP/1.1 200 OK\r\n")

    def test_a_link_to_something_hidden_is_hidden(self, folder):
        (folder / "shown.txt").symlink_to(".hidden")
        (folder / ".git").mkdir()
        (folder / ".git" / "config").write_text("HIDDEN")
        (folder / "git").symlink_to(".git")
        (folder / "sub" / "index.html").symlink_to("../.hidden")
        for target in ["/shown.txt", "/git", "/git/", "/git/config", "/sub/"]:
            response = Wire(files.root(str(folder))).send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert response.startswith(b"HTTP/1.1 404 Not Found\r\n")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
    def test_a_fifo_does_not_stop_the_server(self, folder):
        os.mkfifo(folder / "fifo")
        with serving(FILES, str(folder)) as (_, port):
            assert get(port, "/fifo")[0] == 404
            assert "fifo" not in get(port, "/")[1]

    def test_a_folder_that_is_a_link_is_served(self, folder):
        (folder.parent / "link").symlink_to(folder)
        root = files.root(str(folder.parent / "link"))
        assert Wire(root).send(b"GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"this is a.txt")

    @given(
        st.lists(st.sampled_from(["..", ".", "", "sub", "up", "out.txt", "secret.txt", "public", "%2f"]), max_size=6)
    )
    def test_nothing_leads_out(self, tmp_path_factory, parts):
        home = tmp_path_factory.getbasetemp() / "files_nothing_leads_out"
        if not home.exists():
            (home / "public" / "sub").mkdir(parents=True)
            (home / "secret.txt").write_text("SECRET")
            (home / "public" / "out.txt").symlink_to("../secret.txt")
            (home / "public" / "up").symlink_to("..")
        target = "/" + "/".join(parts)
        response = Wire(files.root(str(home / "public"))).send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert b"SECRET" not in response

    def test_a_bad_folder_is_one_line(self, folder):
        refused(run(FILES), "the following arguments are required: folder")
        for name, why in [("none", "No such file or directory"), ("a.txt", "Not a directory")]:
            refused(run(FILES, str(folder / name)), "files: can't list", f"{name}': {why}; name a folder")
        refused(run(FILES, ""), "files: can't list '': No such file or directory; name a folder")
