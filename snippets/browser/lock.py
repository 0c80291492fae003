"""The list of packages by which Python in the browser finds each: all of them files of the site."""

import hashlib
import json
from pathlib import Path
from typing import Any

from snippets.browser.wheels import Wheel


def lock(wheels: list[Wheel], like: Path) -> str:
    """The text of a pyodide-lock.json that has these wheels and no others, in its own folder.

    The one of npm's package names hundreds, all on another host; whoever asks for one of those is told that it is not
    there, and asks nobody.

    Args:
        wheels: the wheels.
        like: that of npm's package, which says what it is for.
    """
    packages = {wheel.name: _entry(wheel) for wheel in sorted(wheels)}
    return json.dumps({"info": json.loads(like.read_text("utf-8"))["info"], "packages": packages}, indent=1)


def _entry(wheel: Wheel) -> dict[str, Any]:
    return {
        "name": wheel.name,
        "version": wheel.version,
        "file_name": wheel.file.name,
        "sha256": hashlib.sha256(wheel.file.read_bytes()).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }
