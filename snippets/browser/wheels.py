"""The wheels of the site: those of PyPI without what a browser can't use, and one of the book itself."""

import base64
import hashlib
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from snippets import catalogue

# What is left out of a wheel, by the names of its files: of every wheel, and of one.
LEFT_OUT = {
    # Compiled for one machine; each of these packages does without.
    "*": ["*.so", "*.c", "*.pyd"],
    # Its tests: two fifths of it, and nothing imports them.
    "twisted": ["twisted/test/*", "twisted/*/test/*"],
    # What jedi knows of packages that are not there: two thirds of it.
    "jedi": ["jedi/third_party/typeshed/stubs/*", "jedi/third_party/django-stubs/*"],
}
_SUFFIXES = {".py", ".md", ".toml", ".css", ".js", ".json", ".txt"}
_DATE = (1980, 1, 1, 0, 0, 0)  # the same for all files, so that the same files make the same wheel
_LICENCE = re.compile(r"(?:.*/)?(?:licen[sc]e|copying|notice)[^/]*(?<!\.py)", re.IGNORECASE)
_NAME = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)-.*\.whl")


class Wheel(NamedTuple):
    """A wheel of the site: the name of its project as packages are asked for, its version, and its file."""

    name: str
    version: str
    file: Path

    @property
    def licence(self) -> str:
        """What it says of its licence, and the texts of licences in it: its own, and of what it brings along."""
        with zipfile.ZipFile(self.file) as opened:
            return "\n\n".join(_licences(opened))


def _licences(opened: zipfile.ZipFile) -> Iterator[str]:
    for name in sorted(opened.namelist()):
        folder, _, rest = name.partition(".dist-info/")
        if rest == "METADATA":
            head = opened.read(name).decode("utf-8", "replace").partition("\n\n")[0]
            yield "\n".join(re.findall(r"^(?:License.*|Classifier: License.*)$", head, re.MULTILINE)) or folder
        elif rest.startswith("licenses/") or _LICENCE.fullmatch(name):
            text = opened.read(name).decode("utf-8", "replace").strip()
            yield text if rest else f"{name}:\n\n{text}"


def named(file: Path) -> Wheel:
    """The wheel in a file, by the file's name."""
    parts = _NAME.fullmatch(file.name)
    assert parts, file
    return Wheel(re.sub(r"[-_.]+", "-", parts["name"]).lower(), parts["version"], file)


def plain(wheel: Path, into: Path) -> Wheel:
    """Copy a wheel into a folder without what a browser can't use; it is then one for any machine.

    Args:
        wheel: its file.
        into: the folder.
    """
    known = named(wheel)
    patterns = [*LEFT_OUT["*"], *LEFT_OUT.get(known.name, [])]
    with zipfile.ZipFile(wheel) as opened:
        left_out = [name for name in opened.namelist() if any(fnmatch(name, each) for each in patterns)]
        if not left_out:
            return named(Path(shutil.copy(wheel, into)))
        kept = sorted(
            {name for name in opened.namelist() if not name.endswith(("/", ".dist-info/RECORD"))} - {*left_out}
        )
        files = {name: opened.read(name) for name in kept}
    for name, data in files.items():
        if name.endswith(".dist-info/WHEEL"):
            files[name] = re.sub(rb"(?m)^(Root-Is-Purelib: ).*$", rb"\1true", _any_machine(data))
    parts = wheel.name.split("-")
    return _written(into / f"{parts[0]}-{parts[1]}-py3-none-any.whl", files)


def _any_machine(data: bytes) -> bytes:
    return re.sub(rb"(?m)^Tag: .*\n?", b"", data).rstrip() + b"\nTag: py3-none-any\n"


def own(into: Path, more: dict[str, bytes]) -> Wheel:
    """Make the wheel of the book: its programs and the lens, and what the cells read: notes, texts and claims.

    Args:
        into: the folder for it.
        more: files that it has besides, by their names in it.
    """
    root = catalogue.CHAPTERS.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    files = {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in ("snippets", "chapters", "tests")
        for file in sorted((root / folder).rglob("*"))
        if file.suffix in _SUFFIXES and not any(part.startswith(".") for part in file.relative_to(root).parts)
    }
    files |= more
    info = f"{name}-{version}.dist-info"
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {version}\n"
        f"License-Expression: {project['license']}\nLicense-File: LICENSE\n"
    ).encode()
    files[f"{info}/licenses/LICENSE"] = (root / "LICENSE").read_bytes()
    files[f"{info}/WHEEL"] = _any_machine(b"Wheel-Version: 1.0\nGenerator: snippets\nRoot-Is-Purelib: true")
    return _written(into / f"{name}-{version}-py3-none-any.whl", files)


def _written(file: Path, files: dict[str, bytes]) -> Wheel:
    """Write a wheel with these files, and its record."""
    info = next(name.partition("/")[0] for name in files if name.endswith(".dist-info/WHEEL"))
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    record = f"{info}/RECORD"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in {**files, record: "\n".join([*lines, f"{record},,", ""]).encode()}.items():
            opened.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    return named(file)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
