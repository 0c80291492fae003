"""What the web pages in a folder hold, as a browser would read them: elements, addresses, anchors."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element(NamedTuple):
    """An element: its name, its attributes, and the elements around it, the outermost first."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...]


class Page(HTMLParser):
    """A page: its elements in their order, and the texts of its inline scripts."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.inline: list[str] = []
        self._open: list[Element] = []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        at = self._open[-1] if self._open else None
        if at and at.tag == "script" and at.attributes.get("type") != "application/json" and data.strip():
            self.inline.append(data)

    @property
    def anchors(self) -> set[str]:
        """What an address can lead to, after its "#"."""
        named = {each.attributes["name"] for each in self.elements if each.tag == "a" and "name" in each.attributes}
        return named | {each.attributes["id"] for each in self.elements if "id" in each.attributes} | {""}

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each address in it, with what it is for: "a", "img", "script", "stylesheet", ..."""
        for each in self.elements:
            for name in ("href", "src", "data", "action", "poster"):
                if name in each.attributes and not each.attributes[name].startswith("data:"):
                    yield (
                        each.attributes.get("rel", each.tag) if each.tag == "link" else each.tag,
                        each.attributes[name],
                    )


def read(folder: Path) -> dict[str, Page]:
    """All pages in a folder, by their paths in it."""
    return {str(file.relative_to(folder)): Page(file) for file in sorted(folder.rglob("*.html"))}


def broken(folder: Path, pages: dict[str, Page]) -> list[str]:
    """The addresses within the folder that lead nowhere."""
    found = []
    for path, page in pages.items():
        for _, address in page.addresses():
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (folder / path).parent / unquote(parts.path) if parts.path else folder / path
            inside = target.resolve().relative_to(folder.resolve()) if target.exists() else None
            if inside is None or (str(inside) in pages and unquote(parts.fragment) not in pages[str(inside)].anchors):
                found.append(f"{path}: {address}")
    return found
