"""What students hand in is read without being believed: files, zips, notebooks, and whatever else stands there."""

import json
import os
import socket
import struct
import zipfile

import pytest

from snippets.lens.errors import LensError
from snippets.practice.grading.handed_in import hand_in, notebook, zipped
from snippets.practice.grading.parcels import MOST_FILES, Parcel, parcels
from snippets.practice.grading.unpacked import unpacked
from tests.bookshelf import RIGHT, only_these, write

pytestmark = pytest.mark.once

SUM, ECHO, CALLS = RIGHT["a_sum"], RIGHT["an_echo"], RIGHT["some_calls"]


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


def only(folder):
    """The one student there is."""
    (parcel,) = parcels(folder)
    return parcel


def answers(*files):
    """Slug -> text of the answers in files, and what is said of the rest."""
    found = unpacked(list(files))
    return {slug: answer.text or answer.problem for slug, answer in found.answers.items()}, found.problems


class TestFolders:
    def test_files_zips_and_notebooks_are_those_of_the_student_they_are_named_by(self, tmp_path):
        hand_in(tmp_path, "anna", {"a_sum.py": SUM, "README": "no answer", ".hidden.py": "no answer"})
        (tmp_path / "ben.zip").write_bytes(b"zip")
        (tmp_path / "carl.ipynb").write_bytes(b"notebook")
        (tmp_path / "notes.txt").write_text("of the teacher")
        (tmp_path / ".git").mkdir()
        assert parcels(tmp_path) == [
            Parcel("anna", [("a_sum.py", SUM.encode())]),
            Parcel("ben", [("ben.zip", b"zip")]),
            Parcel("carl", [("carl.ipynb", b"notebook")]),
        ]

    def test_a_student_may_hand_in_in_several_ways(self, tmp_path):
        hand_in(tmp_path, "anna", {"a_sum.py": SUM, "more.zip": b"zip"})
        (tmp_path / "anna.ipynb").write_bytes(b"notebook")
        assert [name for name, _ in only(tmp_path).files] == ["a_sum.py", "more.zip", "anna.ipynb"]

    def test_there_must_be_one(self, tmp_path):
        with pytest.raises(LensError, match="has no submissions"):
            parcels(tmp_path)
        with pytest.raises(LensError, match="can't be read"):
            parcels(tmp_path / "nowhere")

    def test_a_file_without_a_student_is_named(self, tmp_path):
        (tmp_path / "a_sum.py").write_text(SUM)
        assert only(tmp_path) == Parcel("a_sum.py", [], ["a_sum.py lies beside the students' folders: whose is it?"])


def linked_file(folder):
    (folder / "a_sum.py").symlink_to("/etc/passwd")


def linked_in_a_circle(folder):
    (folder / "a_sum.py").symlink_to("a_sum.py")


def waiting(folder):
    os.mkfifo(folder / "a_sum.py")


def listening(folder):
    before = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("a_sum.py")
    os.chdir(before)


def never_ending(folder):
    (folder / "a_sum.py").symlink_to("/dev/zero")


def folder_for_file(folder):
    (folder / "a_sum.py").mkdir()


def huge(folder):
    with (folder / "a_sum.py").open("wb") as file:
        file.truncate(1 << 40)


def many(folder):
    for number in range(MOST_FILES + 50):
        (folder / f"{number}.py").touch()


PLACES = {
    linked_file: "a_sum.py can't be read: it is a link",
    linked_in_a_circle: "a_sum.py can't be read: it is a link",
    waiting: "a_sum.py is no plain file",
    listening: "a_sum.py can't be read: No such device or address",
    never_ending: "a_sum.py can't be read: it is a link",
    folder_for_file: "a_sum.py is no plain file",
    huge: "a_sum.py has more than 64 KB",
    many: f"the folder eve has more than {MOST_FILES} files: the others were not read",
}


class TestHostileFolders:
    @pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
    def test_what_is_no_plain_small_file_is_named_and_not_read(self, place, tmp_path):
        folder = hand_in(tmp_path, "eve", {})
        place(folder)
        parcel = only(tmp_path)
        assert parcel.problems == [PLACES[place]]
        assert all(data == b"" for _, data in parcel.files)

    def test_a_student_who_is_a_link_is_none(self, tmp_path):
        (tmp_path / "root").symlink_to("/")
        (tmp_path / "hosts.zip").symlink_to("/etc/hosts")
        assert [each.problems for each in parcels(tmp_path)] == [
            ["hosts.zip can't be read: it is a link"],
            ["the folder root can't be read: it is a link"],
        ]

    def test_names_are_text_and_nothing_else(self, tmp_path):
        names = ["<script>", "=1+1", "a\nb", "\x1b[2J", "..x", "x" * 255, os.fsdecode(b"\xff\xfe"), "ä"]
        for name in names:
            hand_in(tmp_path, name, {"a_sum.py": SUM})
        assert {each.student for each in parcels(tmp_path)} == {name for name in names if not name.startswith(".")}


def entry(name, kind=0o100644, data=SUM):
    """A zip with one entry that says of itself what it is."""
    info = zipfile.ZipInfo(name)
    info.external_attr = kind << 16
    return zipped({info: data})


def lying_about_its_size():
    data = bytearray(zipped({"a_sum.py": b"#" * (1 << 20)}))
    for head, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = data.rindex(head)
        data[where + at : where + at + 4] = struct.pack("<I", 10)
    return bytes(data)


def encrypted():
    data = bytearray(zipped({"a_sum.py": SUM}))
    for head, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(head) + at] |= 1
    return bytes(data)


def damaged():
    data = bytearray(zipped({"a_sum.py": SUM * 50}))
    data[60:80] = b"\xff" * 20
    return bytes(data)


ZIPS = {
    "a link": (entry("a_sum.py", 0o120777, "/etc/passwd"), "is a link, or something else that is no file"),
    "a device": (entry("a_sum.py", 0o020666, ""), "is a link, or something else that is no file"),
    "encrypted": (encrypted(), "a_sum.py is encrypted"),
    "a bomb": (zipped({"a_sum.py": b"#" * (100 << 20)}), "a_sum.py has more than 64 KB"),
    "one that lies about its size": (lying_about_its_size(), "a_sum.py"),
    "damaged": (damaged(), "a_sum.py can't be unpacked"),
    "packed with lzma": (zipped({"a_sum.py": SUM}, zipfile.ZIP_LZMA), "packed in an unusual way"),
    "cut off": (zipped({"a_sum.py": SUM})[:-30], "is no zip that can be read"),
    "no zip": (b"hello", "is no zip that can be read"),
    "empty": (b"", "is no zip that can be read"),
    "ten thousand entries": (zipped({f"{number}/x": "" for number in range(10_000)}), "the others were not read"),
    "a zip in a zip": (zipped({"inner.zip": zipped({"a_sum.py": SUM})}), ""),
}


class TestZips:
    def test_the_last_part_of_a_name_counts(self):
        names = ("../../etc/a_sum.py", "/an_echo.py", "C:\\work\\some_calls.py", "__MACOSX/a_sum.py", "x/._a_sum.py")
        found, problems = answers(("anna.zip", zipped(dict(zip(names, (SUM, ECHO, CALLS, "x", "x"), strict=True)))))
        assert (found, problems) == ({"a_sum": SUM, "an_echo": ECHO, "some_calls": CALLS}, [])

    @pytest.mark.parametrize("name", ZIPS)
    def test_what_is_no_honest_entry_is_named_and_not_unpacked(self, name):
        data, said = ZIPS[name]
        found, problems = answers(("eve.zip", data), ("an_echo.py", ECHO.encode()))
        assert found == {"an_echo": ECHO}, "what else there is is read all the same"
        assert [said in problem for problem in problems] == [True] * bool(said)

    def test_two_answers_to_an_exercise_are_none(self):
        found, problems = answers(("a_sum.py", SUM.encode()), ("anna.zip", zipped({"a_sum.py": "add = max"})))
        assert found == {"a_sum": "There are two answers to this exercise: hand in one."}
        assert problems == ["a_sum.py: a second answer to a_sum"]

    def test_what_is_no_text_and_what_is_no_exercise_is_said(self):
        found, problems = answers(("a_sum.py", b"x = 1\n\n# \xff"), ("helper.py", b"x = 1"), ("a\x1bb.py", b""))
        assert found == {"a_sum": "The file is not UTF-8 in line 3: byte 0xff."}
        assert problems == ["helper.py is the name of no exercise", "a\\x1bb.py is the name of no exercise"]


class TestNotebooks:
    def test_the_cell_that_defines_what_is_checked_is_the_answer_with_what_it_uses(self):
        data = notebook(
            "from operator import add as plus\nnumber = print('not run') or 0",
            "%matplotlib inline\n!ls\ndef add(a, b):\n    return plus(a, b)",
            "check('a_sum', add)",
            "check('a_sum', add).must_pass()",
        )
        found, problems = answers(("anna.ipynb", data))
        assert problems == []
        names = {}
        exec(found["a_sum"], names)
        assert names["add"](1, 2) == 3
        assert "check" not in found["a_sum"]
        assert "!ls" not in found["a_sum"]

    def test_what_is_called_otherwise_is_given_the_name(self):
        found, _ = answers(("anna.ipynb", notebook("def my_sum(a, b):\n    return a + b\nv = check('a_sum', my_sum)")))
        assert found["a_sum"].endswith("\nadd = my_sum\n")

    def test_the_last_definition_before_the_check_counts(self):
        cells = ("def add(a, b): return 1", "def add(a, b): return 2", "check('a_sum', add)", "def add(a, b): return 3")
        assert "return 2" in answers(("anna.ipynb", notebook(*cells)))[0]["a_sum"]

    def test_a_cell_can_be_tagged(self):
        data = notebook("def add(a, b): return 1", "check('a_sum', add)", SUM, tags={2: ["graded", "a_sum"]})
        assert answers(("anna.ipynb", data))[0] == {"a_sum": SUM}

    def test_predictions_are_taken_as_values(self):
        data = notebook("calls = 5\nkept = open('x')", "check('some_calls', calls=calls, first=b'GET /', kept=kept)")
        assert answers(("anna.ipynb", data))[0] == {"some_calls": "calls = 5\nfirst = b'GET /'\nkept = open('x')\n"}, (
            "what is no value is nowhere run: the predictions are parsed"
        )

    def test_a_cell_that_can_not_be_parsed_is_the_answer_if_there_is_no_other(self):
        found, _ = answers(("anna.ipynb", notebook("def add(a, b):\n    return a +", "check('a_sum', add)")))
        assert found["a_sum"] == "def add(a, b):\n    return a +"
        assert answers(("anna.ipynb", notebook("check('a_sum', add)")))[0] == {"a_sum": ""}

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"[" * 100_000,
            b"[]",
            b'{"cells": 1}',
            b'{"cells": "text"}',
            json.dumps({"cells": None}).encode(),
            b"\xff\xfe",
        ],
        ids=["empty", "deep", "a list", "a number", "text", "none", "binary"],
    )
    def test_what_is_no_notebook_is_said(self, data):
        found, (problem,) = answers(("eve.ipynb", data))
        assert found == {}
        assert "so it is no notebook" in problem

    def test_cells_of_any_form_do_no_harm(self):
        cells = [1, None, {}, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "x = 1"], "metadata": []}]
        cells += [{"cell_type": "code", "source": "-" * 60_000 + "1", "metadata": {"tags": [[], "a_sum"]}}]
        cells += [{"cell_type": "code", "source": "check('some_calls', a=" + "-" * 3000 + "1, **{})", "metadata": {}}]
        found, problems = answers(("eve.ipynb", json.dumps({"cells": cells}).encode()))
        assert found.keys() <= {"a_sum", "some_calls"}
        assert all("taken apart" in problem for problem in problems)
