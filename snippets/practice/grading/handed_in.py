"""Makes what students hand in: folders of files, zips and notebooks, for a sample of a class and for the tests."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path


def hand_in(folder: Path, student: str, files: Mapping[str, str | bytes]) -> Path:
    """Write a student's folder."""
    inner = folder / student
    inner.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (inner / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return inner


def zipped(files: Mapping[str, str | bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return data.getvalue()


def notebook(*cells: str, tags: Mapping[int, list[str]] | None = None) -> bytes:
    """A notebook of code cells; `tags` has those of a cell, by its number."""
    made = [
        {"cell_type": "code", "source": cell, "metadata": {"tags": (tags or {}).get(at, [])}, "outputs": []}
        for at, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
