"""The site is made of pinned packages, whole or not at all, and over nothing that wasn't made here."""

import base64
import hashlib
import json
import os
import re
import zipfile
from unittest import mock

import pytest

from snippets.browser import build, downloads, wheels
from snippets.browser.first_page import first_page, licences
from snippets.browser.lock import lock
from snippets.browser.notebooks import texts
from snippets.lens.errors import LensError
from tests.invoked import invoked, refused
from tests.programs import ROOT, nobody_there
from tests.web_book import shelved

pytestmark = pytest.mark.once

# A wheel as a registry has it: compiled for one machine, with a licence.
FILES = {
    "zope/interface/__init__.py": b"NAME = 'zope'\n",
    "zope/interface/_fast.cpython-314-x86_64-linux-gnu.so": b"\x7fELF",
    "zope/interface/_fast.c": b"int main;",
    "zope_interface-8.7.dist-info/METADATA": b"Name: zope.interface\nLicense-Expression: ZPL-2.1\n",
    "zope_interface-8.7.dist-info/WHEEL": b"Root-Is-Purelib: false\nTag: cp314-cp314-linux_x86_64\n",
    "zope_interface-8.7.dist-info/licenses/LICENSE.txt": b"Do as you like.",
    "zope_interface-8.7.dist-info/RECORD": b"stale,,\n",
}


def wheel_file(folder, name, files):
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as opened:
        for each, data in files.items():
            opened.writestr(each, data)
    return folder / name


def files_of(wheel):
    """The files of a wheel, after each has been found in its record as it is."""
    with zipfile.ZipFile(wheel.file) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    told = {line.split(",")[0]: line.split(",")[1:] for line in files[record].decode().splitlines()}
    assert told.keys() == files.keys()
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert told[name] == (["", ""] if name == record else [f"sha256={digest}", str(len(data))])
    return files


@pytest.fixture
def compiled(tmp_path):
    return wheel_file(tmp_path / "fetched", "zope_interface-8.7-cp314-cp314-linux_x86_64.whl", FILES)


class TestAWheel:
    def test_that_is_compiled_becomes_one_for_any_machine(self, compiled, tmp_path):
        made = wheels.plain(compiled, tmp_path)
        assert (made.name, made.version, made.file.name) == (
            "zope-interface",
            "8.7",
            "zope_interface-8.7-py3-none-any.whl",
        )
        files = files_of(made)
        assert FILES.keys() - files.keys() == {each for each in FILES if "_fast" in each}
        wheel = files["zope_interface-8.7.dist-info/WHEEL"].decode()
        assert wheel == "Root-Is-Purelib: true\nTag: py3-none-any\n"
        assert files["zope/interface/__init__.py"] == FILES["zope/interface/__init__.py"]

    def test_with_nothing_to_leave_out_is_the_registry_s_own(self, tmp_path):
        pure = {name: data for name, data in FILES.items() if "_fast" not in name}
        fetched = wheel_file(tmp_path / "fetched", "zope_interface-8.7-py3-none-any.whl", pure)
        assert wheels.plain(fetched, tmp_path).file.read_bytes() == fetched.read_bytes()

    def test_tells_the_licences_of_what_it_brings_along(self, tmp_path):
        brought = {"zope/other/COPYING.txt": b"Theirs.", "zope/licenses.py": b"", "zope/other/notices/a.txt": b""}
        fetched = wheel_file(tmp_path / "fetched", "zope_interface-8.7-py3-none-any.whl", FILES | brought)
        said = ["zope/other/COPYING.txt:\n\nTheirs.", "Do as you like.", "License-Expression: ZPL-2.1"]
        assert sorted(wheels.named(fetched).licence.replace("\n\nT", "\0T").split("\n\n")) == sorted(
            part.replace("\n\nT", "\0T") for part in said
        )

    def test_tells_its_licence(self, compiled, tmp_path):
        assert wheels.plain(compiled, tmp_path).licence == "License-Expression: ZPL-2.1\n\nDo as you like."

    def test_of_the_book_has_what_its_cells_read_and_is_the_same_each_time(self, tmp_path):
        made = wheels.own(tmp_path, {"snippets/lens/figures/more.gz": b"more"})
        files = files_of(made)
        for name in (
            "snippets/__init__.py",
            "snippets/lens/player.js",
            "snippets/lens/listing.css",
            "snippets/lens/figures/more.gz",
            "chapters/annotations/twisted.web.http.md",
            "chapters/citations.toml",
            "chapters/00_start_here.md",
            "tests/test_project.py",
        ):
            assert name in files
        assert not [name for name in files if name.endswith((".pyc", ".ipynb"))]
        first = made.file.read_bytes()
        assert wheels.own(tmp_path, {"snippets/lens/figures/more.gz": b"more"}).file.read_bytes() == first


def test_the_list_of_packages_names_each_wheel_by_its_digest_and_nothing_elsewhere(compiled, tmp_path):
    like = tmp_path / "like.json"
    like.write_text('{"info": {"python": "3.14.2"}, "packages": {"numpy": {"file_name": "https://there/numpy.whl"}}}')
    made = wheels.plain(compiled, tmp_path)
    listed = json.loads(lock([made], like))
    assert listed["info"] == {"python": "3.14.2"}
    (entry,) = listed["packages"].values()
    assert entry["file_name"] == made.file.name
    assert entry["sha256"] == hashlib.sha256(made.file.read_bytes()).hexdigest()


class TestPins:
    def test_each_has_its_digest(self):
        for name in ("wheels.txt", "tools.txt"):
            lines = (downloads.HERE / name).read_text("utf-8").splitlines()
            pins = [line for line in lines if not line.startswith("#")]
            assert pins
            assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line) for line in pins)

    def test_what_a_reader_installs_has_the_same_version_here(self):
        def versions(text):
            return dict(re.findall(r"^([a-z0-9_-]+)(?:\[.*\])?==([0-9.]+)", text, re.MULTILINE | re.IGNORECASE))

        here = versions((downloads.HERE / "wheels.txt").read_text("utf-8"))
        there = versions((ROOT / "requirements.txt").read_text("utf-8"))
        both = here.keys() & there.keys()
        assert {"twisted", "rich", "pygments", "click"} <= both
        assert {name: here[name] for name in both} == {name: there[name] for name in both}


def test_the_first_page_leads_to_each_text_and_tells_jupyterlab_nothing():
    page = first_page(17)
    for slug in texts():
        assert f'href="lab/index.html?path=notebooks/{slug}.ipynb"' in page
    assert "about 17 MB" in page
    assert re.search(r'<script id="jupyter-config-data"[^>]*>{}</script>', page)
    assert not re.search(r'(src|href)="https?:', page)


def test_the_licences_are_all_there(compiled, tmp_path):
    tool = tmp_path / "tools" / "jupyterlite_core-0.8.6.dist-info" / "licenses"
    tool.mkdir(parents=True)
    (tool / "LICENSE").write_text("Do as they like.", "utf-8")
    page = licences([wheels.plain(compiled, tmp_path)], tmp_path / "tools")
    assert "zope-interface 8.7" in page
    assert "Do as you like." in page
    assert "jupyterlite-core-0.8.6</summary><pre>Do as they like." in page


def test_of_a_site_the_licences_are_there_of_what_its_wheels_bring_along(browser_site):
    page = (browser_site / "licences.html").read_text("utf-8")
    for brought in (
        "snippets/lens/figures/LICENSE_DEJAVU:\n\nFonts are (c) Bitstream",
        "jedi/third_party/typeshed/LICENSE:\n",
        "mdit_py_plugins/texmath/LICENSE:\n",
        "micropip/_vendored/packaging/LICENSE.BSD:\n",
        "jupyterlite-core-",
        "jupyterlite-pyodide-kernel-",
    ):
        assert brought in page
    for wheel in (browser_site / "static" / "pyodide").glob("*.whl"):
        known = wheels.named(wheel)
        assert f"<summary>{known.name} {known.version}</summary>" in page


@pytest.fixture
def unfetched(tmp_path):
    """A book that has fetched nothing yet; what it keeps is kept in a folder of the test."""
    (tmp_path / "chapters").mkdir()
    for name in ("chapters/00_one.md", "chapters/annotations/one.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# One\n", "utf-8")
    with shelved(tmp_path):
        yield tmp_path


class TestABuildThatFails:
    """One line, exit code 2, and all is as it was."""

    def test_over_other_files(self, unfetched):
        mine = unfetched / "mine"
        mine.mkdir()
        (mine / "letter.txt").write_text("dear", "utf-8")
        with mock.patch.object(downloads, "ran", side_effect=AssertionError):
            ended = invoked("site", "build", str(mine))
        refused(ended, f"{mine} is there and was not made here: name a folder that isn't there yet")
        assert [each.name for each in mine.iterdir()] == ["letter.txt"]

    def test_without_the_registry_of_python(self, unfetched, monkeypatch):
        with nobody_there() as port:
            monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/")
            monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
            monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
            self.fails(unfetched, "pip failed: ERROR: ")

    def test_without_npm(self, unfetched, monkeypatch):
        monkeypatch.setattr(downloads, "tools", lambda: unfetched)
        monkeypatch.setattr(downloads.shutil, "which", lambda name: None)
        self.fails(unfetched, "there is no npm here, which fetches Python for the browser: install Node.js")

    def test_with_another_pyodide_than_the_known(self, unfetched, monkeypatch):
        def pack(name, command, cwd):
            (cwd / "pyodide.tgz").write_bytes(b"another")
            return '[{"filename": "pyodide.tgz"}]'

        monkeypatch.setattr(downloads, "tools", lambda: unfetched)
        monkeypatch.setattr(downloads.shutil, "which", lambda name: name)
        monkeypatch.setattr(downloads, "ran", pack)
        self.fails(unfetched, "is not the one that the book knows: its digest is another")

    def test_half_way_with_a_site_there(self, unfetched, monkeypatch):
        out = unfetched / "out"
        out.mkdir()
        (out / build.OURS).write_text("")
        (out / "index.html").write_text("the one before")
        monkeypatch.setattr(downloads, "tools", mock.Mock(side_effect=LensError("JupyterLite failed: it is full")))
        refused(invoked("site", "build", str(out)), "JupyterLite failed: it is full")
        assert (out / "index.html").read_text() == "the one before"
        assert self.left(unfetched) == {"chapters", "out"}

    def fails(self, book, said):
        refused(invoked("site", "build", str(book / "out")), said)
        assert self.left(book) == {"chapters"}

    def left(self, book):
        """What there is now, but for what is kept, of which nothing may be half there."""
        kept = book / ".edition" / "browser"
        assert not kept.exists() or not list(kept.iterdir())
        return {each.name for each in book.iterdir()} - {".edition"}


def test_what_was_fetched_is_not_asked_for_again_until_the_pins_change(unfetched, monkeypatch):
    asked = []
    monkeypatch.setattr(downloads, "ran", lambda *args, **options: asked.append(args) or "")
    first = downloads.wheels()
    assert downloads.wheels() == first
    assert len(asked) == 1
    monkeypatch.setattr(downloads, "HERE", unfetched)
    (unfetched / "wheels.txt").write_text("twisted==26.10.1 --hash=sha256:0\n")
    assert downloads.wheels() == first
    assert len(asked) == 2


def test_wheels_are_asked_for_anew_when_others_are_chosen(unfetched, monkeypatch):
    asked = []
    monkeypatch.setattr(downloads, "ran", lambda *args, **options: asked.append(args) or "")
    downloads.wheels()
    monkeypatch.setattr(downloads, "_ANY_WHEEL", ("--python-version", "3.15"))
    downloads.wheels()
    assert len(asked) == 2


def test_of_what_is_asked_of_pip_only_where_from_is_heard(unfetched, monkeypatch):
    heard = []
    monkeypatch.setattr(downloads, "ran", lambda *args, environment: heard.append(environment) or "")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://here/")
    downloads.tools()
    assert {name for name in heard[0] if name.startswith("PIP_")} - {"PIP_INDEX_URL"} <= set(downloads._FROM)
    assert (heard[0]["PIP_INDEX_URL"], heard[0]["PATH"]) == ("https://here/", os.environ["PATH"])


def test_a_program_that_fails_is_told_by_its_last_words():
    code = "import sys; sys.stderr.write('ERROR: could not find it anywhere\\nnotice: a new version\\n'); sys.exit(1)"
    with pytest.raises(LensError, match=r"^pip failed: ERROR: could not find it anywhere$"):
        downloads.ran("pip", [downloads.sys.executable, "-c", code])
    with pytest.raises(LensError, match=r"^npm failed: exit code 3$"):
        downloads.ran("npm", [downloads.sys.executable, "-c", "import sys; sys.exit(3)"])
