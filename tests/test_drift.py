"""Drift: what is said of other releases is so, whatever became of them; all from wheels made here, with no network."""

import json
import os
import socket
import textwrap
import zipfile
from pathlib import Path
from unittest import mock

import pytest
import twisted
from hypothesis import given
from hypothesis import strategies as st

from snippets import catalogue
from snippets.lens.notes import Annotation, Note, store
from snippets.lens.source import find
from snippets.workshop import drift
from snippets.workshop.drift import Release, State, Unavailable, compare, installed
from tests.invoked import invoked, refused
from tests.programs import run, running

HOME = Path(twisted.__file__).parents[1]
MODULES = sorted({name.partition(":")[0] for name in store()})
HTTP = "twisted/web/http.py"
RECEIVED = "twisted.web.http:HTTPChannel.lineReceived"
PARSE = "twisted.web.http:_parseRequestLine"
LINE = "        if self._receivedHeaderSize > self.totalHeadersSize:\n"
NEVER = "raise SystemExit('code of the release ran')\n"


def wheel(folder, version, change=lambda text: text):
    """Put a wheel of "Twisted" into `folder`: the installed files with notes, http.py as `change` makes it."""
    info = f"twisted-{version}.dist-info"
    with zipfile.ZipFile(folder / f"twisted-{version}-py3-none-any.whl", "w") as archive:
        for module in MODULES:
            path = f"{module.replace('.', '/')}.py"
            text = (HOME / path).read_text("utf-8")
            archive.writestr(path, change(text) if path == HTTP else text)
        archive.writestr("twisted/__init__.py", NEVER)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: twisted\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def replaced(old, new):
    def change(text):
        assert text.count(old) == 1
        return text.replace(old, new)

    return change


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Releases with one difference each."""
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "1.0")
    wheel(folder, "1.1", lambda text: NEVER * 3 + text)
    wheel(folder, "1.2", replaced(LINE, LINE.replace("Size:", "Size + 2:")))
    wheel(folder, "1.3", replaced(LINE, f"        # A line more.\n{LINE}"))
    wheel(folder, "1.4", replaced("def _parseRequestLine(", "def _parseTheLine("))
    wheel(folder, "99.1", replaced("def _parseRequestLine(", "def _parseTheLine("))
    return folder


EVERY = ("1.0", "1.1", "1.2", "1.3", "1.4", "99.1")


@pytest.fixture(scope="module")
def measured(wheels):
    """All of them, from their wheels themselves: that pip gets the wheel asked for, other tests see."""
    with mock.patch.object(drift, "_downloaded", lambda version, *_: wheels / f"twisted-{version}-py3-none-any.whl"):
        return drift.measure(EVERY)


@pytest.fixture
def as_json(measured, monkeypatch):
    """What the command prints as JSON."""
    monkeypatch.setattr(drift, "measure", lambda *args: measured)
    ended = invoked("drift", *EVERY, "--json")
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


def first_line(name):
    return find(name).first


class TestTheCommand:
    def test_json_names_each_function_and_release(self, as_json):
        assert as_json.keys() == {"twisted", "releases", "missing", "functions"}
        assert as_json["twisted"] == twisted.__version__
        assert as_json["releases"] == list(EVERY)
        assert as_json["missing"] == {}
        assert as_json["functions"].keys() == store().keys()
        for name, compared in as_json["functions"].items():
            assert list(compared) == list(EVERY)
            for one in compared.values():
                assert one.keys() == {"state", "line", "fit", "lost"}
                assert len(one["fit"]) + len(one["lost"]) == (len(store()[name].notes) if one["line"] else 0)

    def test_the_same_files_are_unchanged(self, as_json):
        for name, compared in as_json["functions"].items():
            assert compared["1.0"]["state"] == "unchanged"
            assert compared["1.0"]["line"] == first_line(name)

    def test_lines_added_above_move_a_function_and_lose_no_note(self, as_json):
        for name, compared in as_json["functions"].items():
            moved = 3 * name.startswith("twisted.web.http:")
            assert compared["1.1"]["state"] == ("moved" if moved else "unchanged")
            assert compared["1.1"]["line"] == first_line(name) + moved
            lines = {note["note"]: note["line"] for note in compared["1.0"]["fit"]}
            assert {note["note"]: note["line"] - moved for note in compared["1.1"]["fit"]} == lines

    def test_a_line_that_reads_otherwise_loses_its_note(self, as_json):
        states = {name: compared["1.2"]["state"] for name, compared in as_json["functions"].items()}
        assert states.pop(RECEIVED) == "changed"
        assert set(states.values()) == {"unchanged"}
        (lost,) = as_json["functions"][RECEIVED]["1.2"]["lost"]
        assert lost["note"] == f"`{LINE.strip()}`"
        assert "the nearest: " in lost["why"]
        assert ": if self._receivedHeaderSize > self.totalHeadersSize + 2:" in lost["why"]

    def test_a_function_can_change_and_keep_all_notes(self, as_json):
        changed = as_json["functions"][RECEIVED]["1.3"]
        assert (changed["state"], changed["lost"]) == ("changed", [])
        assert len(changed["fit"]) == len(store()[RECEIVED].notes)

    def test_a_function_that_has_not_come_or_has_gone(self, as_json):
        empty = {"line": None, "fit": [], "lost": []}
        assert as_json["functions"][PARSE]["1.4"] == {"state": "not there yet", **empty}
        assert as_json["functions"][PARSE]["99.1"] == {"state": "no longer there", **empty}

    def test_the_table_has_a_mark_for_each_and_the_lost_notes_under_it(self, measured, monkeypatch):
        monkeypatch.setattr(drift, "measure", lambda *args: measured)
        ended = invoked("drift", *EVERY)
        assert ended.code == 0
        cells = {}
        for line in ended.out.splitlines():
            name, *marks = [cell.strip() for cell in line.strip("│┃").split("│")]
            cells.setdefault(name, marks)
        notes = len(store()[RECEIVED].notes)
        changed = [f"≠ {notes - 1}/{notes}", f"≠ {notes}/{notes}"]
        assert cells["HTTPChannel.lineReceived"] == ["=", "↕ +3", *changed, "=", "="]
        assert cells["_parseRequestLine"][-2:] == ["-", "x"]
        assert "=unchanged↕movedbysomanylines≠changed:notesthatfit-notthereyetxnolongerthere" in "".join(
            ended.out.split()
        )
        _, _, below = ended.out.partition(f"99.1: {len(store()) - 1} ")
        assert f"\nHTTPChannel.lineReceived\n  1.2: no line reads `{LINE.strip()}`; the nearest: " in below
        assert "1.3:" not in below

    @pytest.mark.once
    def test_nothing_of_pip_is_seen_and_nothing_is_left(self, wheels, tmp_path, monkeypatch):
        # A process, for Python asks only once where to put temporary files.
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setenv("PIP_VERBOSE", "2")
        ended = run("-m", "snippets", "drift", "1.0", "7.7", "--wheels", str(wheels))
        assert ended.code == 1
        assert ended.err.splitlines() == [
            "fetching Twisted 1.0 ...",
            "fetching Twisted 7.7 ...",
            f"error: Twisted 7.7 can't be had: {wheels} has no wheel of it; the nearest: 1.3, 1.4, 99.1",
        ]
        assert "1.0: " in ended.out
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.once
    def test_a_release_named_twice_is_compared_once_and_one_that_is_missing_is_in_the_json_too(self, wheels):
        data = json.loads(invoked("drift", "7.7", "1.0", "1.0", "--json", "--wheels", str(wheels)).out)
        assert data["releases"] == ["1.0"]
        assert data["missing"].keys() == {"7.7"}

    def test_none_can_be_had(self, tmp_path):
        ended = invoked("drift", "1.0", "--wheels", str(tmp_path))
        assert refused(ended) == f"error: Twisted 1.0 can't be had: {tmp_path} has no wheel of Twisted"

    @pytest.mark.once
    def test_without_a_network_the_way_out_is_said(self, monkeypatch):
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        ended = invoked("drift", "1.0")
        refused(ended, "Twisted 1.0 can't be had", "give a folder of wheels with --wheels")

    @pytest.mark.once
    def test_ctrl_c_leaves_nothing_either(self, tmp_path, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(60)
            index = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            environment = {"TMPDIR": str(tmp_path), "PIP_INDEX_URL": index, "PIP_CONFIG_FILE": os.devnull}
            for name, value in environment.items():
                monkeypatch.setenv(name, value)
            with running("-m", "snippets", "drift", "1.0") as program, silent.accept()[0]:
                # The connection stays open and silent: pip waits in the middle of its work.
                assert list(tmp_path.iterdir())
                ended = program.interrupt()
        assert ended.code == 1
        assert "Traceback" not in ended.err
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.once
    def test_a_file_that_is_no_wheel(self, tmp_path):
        (tmp_path / "twisted-1.0-py3-none-any.whl").write_bytes(b"nonsense")
        line = refused(invoked("drift", "1.0", "--wheels", str(tmp_path)))
        assert line.startswith("error: Twisted 1.0 can't be had: ")

    def test_a_release_in_another_syntax(self, tmp_path):
        wheel(tmp_path, "1.0", lambda text: f"print 'Python 2'\n{text}")
        line = refused(invoked("drift", "1.0", "--wheels", str(tmp_path)))
        assert line.startswith("error: Twisted 1.0 can't be had: its twisted.web.http can't be read by Python 3.")

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ([], "Missing argument 'RELEASES...'"),
            (["latest"], "'latest' is not a version of Twisted: write it as in 24.11.0"),
            (["1.0", "24.11.0; import os"], "is not a version"),
            (["24.x"], "is not a version"),
            ([""], "'' is not a version"),
            (["--", "--editable=."], "is not a version"),
            (["1.0", "--wheels", "nowhere"], "'nowhere' does not exist"),
        ],
    )
    def test_bad_input_is_one_clear_line_before_anything_is_fetched(self, args, said):
        ended = invoked("drift", *args)
        refused(ended, said)
        assert "fetching" not in ended.err

    def test_without_the_annotations_nothing_is_fetched(self, monkeypatch, tmp_path):
        monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path)
        ended = invoked("drift", "1.0")
        refused(ended, f"there is no {tmp_path}", "pip install -e .")
        assert "fetching" not in ended.err

    def test_help_says_what_the_exit_codes_mean(self):
        said = " ".join(invoked("drift", "--help").out.split())
        assert "Exit code 0 if all releases could be had, 1 if some could not, 2 if none could" in said


@pytest.fixture(scope="module")
def here():
    return installed(MODULES)


class TestFindingAFunction:
    @pytest.mark.parametrize("name", store())
    def test_is_as_in_the_installed_module_when_it_is_imported(self, here, name):
        assert here.function(name) == find(name).lines

    @pytest.mark.parametrize(
        ("qualname", "text"),
        [
            ("plain", "return 'last'"),
            ("branch", "return 'then'"),
            ("only_else", "return 'else'"),
            ("typed", "return 'run'"),
            ("tried", "return 'tried'"),
            ("handled", "return 'handled'"),
            ("over", "return 'over'"),
            ("within", "return 'within'"),
            ("later", "return 'later'"),
            ("C.value", "return 'get'"),
            ("C.value.setter", "self.set = value"),
            ("C.static", "return 'static'"),
            ("C.Inner.method", "return 'inner'"),
        ],
    )
    def test_that_the_name_means(self, qualname, text):
        lines = Release("1.0", {"m": SOURCE.encode()}).function(f"m:{qualname}")
        assert list(lines.values())[-1].strip() == text
        numbered = SOURCE.split("\n")
        assert all(numbered[number - 1] == line for number, line in lines.items())

    @pytest.mark.parametrize("name", ["m:absent", "m:C.plain", "m:C.static.setter", "m:plain.method", "m:C", "n:plain"])
    def test_that_is_not_there(self, name):
        assert Release("1.0", {"m": SOURCE.encode()}).function(name) is None

    def test_takes_its_decorators_along(self):
        release = Release("1.0", {"m": SOURCE.encode()})
        assert next(iter(release.function("m:C.static").values())).strip() == "@staticmethod"
        assert next(iter(release.function("m:C.value.setter").values())).strip() == "@value.setter"

    def test_a_form_feed_is_no_new_line(self):
        source = b"\x0c\nA = '\x0c'\ndef f():\r\n    return 1\n"
        assert Release("1.0", {"m": source}).function("m:f") == {3: "def f():", 4: "    return 1"}

    @pytest.mark.parametrize("file", [b"def f(:\n", b"\xff\n", b"\0", b"# coding: nonsense\n"])
    def test_in_a_file_that_cannot_be_read(self, file):
        with pytest.raises(Unavailable, match="its m can't be read by Python 3"):
            Release("1.0", {"m": file})


SOURCE = textwrap.dedent(
    """\
    def plain():
        return 'first'
    def plain():
        return 'last'
    if sys.platform == "win32":
        def branch():
            return 'then'
    else:
        def branch():
            return 'else'
    if SOMETHING:
        pass
    else:
        def only_else():
            return 'else'
    if typing.TYPE_CHECKING:
        def typed(): ...
    else:
        def typed():
            return 'run'
    try:
        def tried():
            return 'tried'
    except ImportError:
        def tried():
            return 'handled'
    try:
        import absent
    except ImportError:
        def handled():
            return 'handled'
    @overload
    def over(a: int) -> int: ...
    @typing.overload
    def over(a: str) -> str: ...
    def over(a):
        return 'over'
    @overload
    def over(a: bytes) -> bytes: ...
    with something:
        async def within():
            return 'within'
    if early:
        def later():
            return 'early'
    def later():
        return 'later'
    class C:
        @property
        def value(self):
            return 'get'
        @value.setter
        def value(self, value):
            self.set = value
        @value.deleter
        def value(self):
            del self.set
        @staticmethod
        def static():
            return 'static'
        class Inner:
            def method(self):
                return 'inner'
    """
)


@given(st.integers(0, 50), st.sampled_from(["def f():", "x = 1", "@g", "return x", "if x:"]))
def test_the_distance_is_that_of_what_was_added_above(count, term):
    text = "@g\ndef f():\n    x = 1\n    if x:\n        return x\n"
    base = Release("2.0", {"m": text.encode()})
    other = Release("1.0", {"m": ("#\n" * count + text).encode()})
    compared = compare(Annotation("m:f", "m.md:1", notes=[Note(term, None, "", "")]), other, base)
    assert compared.state is (State.MOVED if count else State.UNCHANGED)
    assert compared.by == count
    ((_, line),) = compared.fit
    assert line == count + 1 + [each.strip() for each in text.splitlines()].index(term)


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("26.9", State.NOT_YET),
        ("26.10.0rc1", State.NOT_YET),
        ("9.12.3", State.NOT_YET),
        ("26.10.0.post1", State.GONE),
        ("26.11", State.GONE),
        ("100.0", State.GONE),
    ],
)
def test_what_is_absent_has_not_come_or_has_gone(version, state):
    base = Release("26.10.0", {"m": b"def f(): pass\n"})
    assert compare(Annotation("m:f", "m.md:1"), Release(version, {}), base).state is state


def test_what_the_installed_release_has_not_is_changed():
    there = Release("1.0", {"m": b"def f(): pass\n"})
    compared = compare(Annotation("m:f", "m.md:1"), there, Release("2.0", {}))
    assert (compared.state, compared.line, compared.short) == (State.CHANGED, 1, "≠")
