"""A folder is made whole or not at all, keeps what was not made here, and ends in order when it is told to end."""

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

from snippets.edition import folders
from snippets.edition.folders import NEW, key_of, whole
from snippets.edition.undisturbed import alone
from snippets.lens.errors import LensError
from tests.programs import running

pytestmark = pytest.mark.once

MARK = ".made"
PAGES = {"index.html": "a page", "_static/style.css": "a style", "chapters/one.html": "one"}
# What a teacher puts beside the pages: a repository, with an empty folder that git needs, a name, a picture.
OWN = {".git/HEAD": "ref", ".git/refs": None, "CNAME": "book.example.org", "_static/logo.svg": "a logo"}

# Makes a folder, says so when it is half made, and would go on for long.
SLOW = """
import signal, sys, time
from pathlib import Path
from snippets.edition.folders import NEW, whole
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests under nohup has it ignored
with whole(Path(sys.argv[1]), ".made", "", "is there") as half:
    (half / NEW).mkdir()
    (half / NEW / "index.html").write_text("half a page")
    print("half", flush=True)
    time.sleep(1000)
"""


def make(folder, files=PAGES, key="a key"):
    with whole(folder, MARK, key, "is there: go elsewhere") as half:
        write(half / NEW, files)


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_text(text, encoding="utf-8")


def there(folder):
    """All that is in a folder, but for what a mark says."""
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*")}
    return {
        name: file.is_file() and name.rpartition("/")[2] != MARK and file.read_text() for name, file in found.items()
    }


@pytest.fixture
def out(tmp_path):
    """A folder that was made here, and has in it what somebody has put there since."""
    make(tmp_path / "out")
    write(tmp_path / "out", OWN)
    return tmp_path / "out"


def test_what_was_not_made_here_stays_and_what_was_is_made_anew(out):
    before = there(out)
    make(out, {"index.html": "another page"}, "another key")
    assert key_of(out, MARK) == "another key"
    kept = {
        name: text
        for name, text in before.items()
        if name.startswith((".git", "CNAME", "_static")) and "css" not in name
    }
    assert there(out) == kept | {"index.html": "another page", MARK: False}
    assert os.listdir(out.parent) == ["out"]
    make(out)
    assert there(out) == before


@pytest.mark.parametrize("made", [{"CNAME": "a page"}, {"CNAME/index.html": "a page"}, {"_static": "a file"}])
def test_what_is_now_made_under_the_name_of_something_foreign_is_refused(out, made):
    before = there(out)
    with pytest.raises(LensError, match=r"out/(CNAME|_static/logo.svg) was not made here, and would be lost: move it"):
        make(out, made)
    assert there(out) == before
    assert os.listdir(out.parent) == ["out"]


def test_a_mark_that_names_nothing_is_of_a_folder_that_can_be_made_anew(out):
    (out / MARK).write_text("a key", encoding="utf-8")
    before = there(out)
    assert key_of(out, MARK) == "a key"
    make(out)
    assert there(out) == before


@pytest.mark.parametrize("wrong", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(6))
def test_wherever_the_exchange_fails_all_is_as_it_was(out, monkeypatch, wrong, at):
    before, real, calls = there(out), os.replace, []

    def replace(one, other):
        calls.append(one)
        if len(calls) == at + 1:
            raise wrong
        real(one, other)

    monkeypatch.setattr(folders.os, "replace", replace)
    if at < 5:  # the folder itself, three names that are foreign, the new one
        with pytest.raises((LensError, KeyboardInterrupt)):
            make(out, {"index.html": "another page"})
        assert there(out) == before
    else:
        make(out, {"index.html": "another page"})
        assert there(out)["index.html"] == "another page"
    assert os.listdir(out.parent) == ["out"]


def test_ctrl_c_after_each_step_leaves_one_of_the_two(out, monkeypatch):
    before, real = there(out), os.replace
    for at in range(1, 6):
        calls = []

        def replace(one, other, calls=calls, at=at):
            calls.append(one)
            real(one, other)
            if len(calls) == at:
                raise KeyboardInterrupt

        monkeypatch.setattr(folders.os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            make(out, {"index.html": "another page"})
        assert os.listdir(out.parent) == ["out"]
        assert (out / ".git" / "refs").is_dir()
        assert (there(out) == before) == (at < 5)


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_ends_it_leaves_nothing_half_made(tmp_path, kind):
    with running("-c", SLOW, str(tmp_path / "out")) as program:
        assert program.line() == "half"
        program.process.send_signal(kind)
        assert program.ended().code in (128 + kind, -kind)
    assert os.listdir(tmp_path) == []


def test_a_name_that_no_folder_can_have_is_told_in_a_line(tmp_path):
    with pytest.raises(LensError, match=r"x can't be made: File name too long$"):
        make(tmp_path / ("x" * 300))


def test_a_folder_that_may_not_be_looked_into_is_told_in_a_line(tmp_path, monkeypatch):
    def exists(path, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", exists)
    with pytest.raises(LensError, match=r"out can't be made: Permission denied$"):
        make(tmp_path / "out")


def test_a_file_that_is_gone_is_named_and_not_called_unwritable(tmp_path):
    said = r"/out can't be made: /gone/test_x\.py: No such file or directory$"
    with pytest.raises(LensError, match=said), whole(tmp_path / "out", MARK, ""):
        Path("/gone/test_x.py").read_text()


def test_of_many_files_that_cannot_be_copied_the_first_is_named(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("one", "two"):
        (source / name).symlink_to("nowhere")
    said = r"/out can't be made: \S+/source/\w+: No such file or directory$"
    with pytest.raises(LensError, match=said), whole(tmp_path / "out", MARK, "") as half:
        shutil.copytree(source, half / NEW)


def test_who_comes_second_is_told_and_waits(tmp_path):
    done, told = [], threading.Event()

    def second():
        with alone(tmp_path, told.set):
            done.append("second")

    thread = threading.Thread(target=second)
    with alone(tmp_path, pytest.fail):
        thread.start()
        assert told.wait(60)
        done.append("first")
    thread.join()
    assert done == ["first", "second"]
    assert os.listdir(tmp_path) == []
