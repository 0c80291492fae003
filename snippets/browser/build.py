"""Makes the site: the notebooks, JupyterLab, Python for the browser and its wheels, as files for any server."""

import json
import os
import shutil
import sys
import zlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import nbformat

from snippets.browser import downloads, wheels
from snippets.browser.first_page import first_page, licences
from snippets.browser.lock import lock
from snippets.browser.notebooks import browser_notebook, texts
from snippets.edition.folders import NEW, whole
from snippets.lens import figures
from snippets.lens.figures.letters import pack
from snippets.lens.figures.png import font_file

Step = Callable[[str], None]  # is told what begins

# By this file a folder is known as a site that was made here, and may be made anew.
OURS = ".twisted-web-site"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# It would show JupyterLab's files to Python: each import would ask for its file by way of the page, and the page would
# behave otherwise where browsers have no service workers, as in a private window.
_SERVICE_WORKER = "@jupyterlite/application-extension:service-worker-manager"
_JUPYTERLAB = 1.9  # megabytes that it fetches itself, compressed
_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
_PATIENCE = Path(__file__).with_name("patience")  # has a run wait for the kernel
_FIGURES = "snippets/lens/figures"


def steps() -> int:
    """How often `build` says that something begins."""
    return 6 + len(texts())


def build(out: Path, step: Step) -> None:
    """Make the site in the folder `out`: whole, or not at all.

    Args:
        out: the folder.
        step: is called with what begins, `steps()` times.

    Raises:
        LensError: `out` has other files in it, something can't be fetched, or it can't be written.
    """
    with whole(out, OURS, "", "is there and was not made here: name a folder that isn't there yet") as half:
        step("fetching what makes the site")
        tools = downloads.tools()
        lite = half / "lite"
        made = _python(lite / "static" / "pyodide", tools, step)
        _notebooks(lite / "contents" / "notebooks", step)
        _configure(lite, tools, [wheel.name for wheel in made])
        step("putting JupyterLab together")
        _put_together(lite, half / NEW, tools)
        step("writing the first page")
        (half / NEW / "index.html").write_text(first_page(_megabytes(half / NEW)), encoding="utf-8")
        (half / NEW / "licences.html").write_text(licences(made, tools), encoding="utf-8")


def _python(folder: Path, tools: Path, step: Step) -> list[wheels.Wheel]:
    """Put Python for the browser into a folder, with all its wheels; return these."""
    folder.mkdir(parents=True)
    step("fetching Python for the browser")
    package = downloads.pyodide() / "package"
    for name in _PYODIDE:
        shutil.copy(package / name, folder)
    step("fetching wheels")
    # What the kernel itself is made of comes with what starts it.
    fetched = [*downloads.wheels().glob("*.whl"), *(_extension(tools) / "static" / "pypi").glob("*.whl")]
    made = [wheels.named(Path(shutil.copy(wheel, folder))) for wheel in sorted(fetched) if "widgets" not in wheel.name]
    step("making the wheel of the book")
    # The letters are those of matplotlib's fonts, whose licence goes where they go.
    licence = font_file(mono=False, bold=False).with_name("LICENSE_DEJAVU").read_bytes()
    more = {"letters.json.gz": (_letters() / "letters").read_bytes(), "LICENSE_DEJAVU": licence}
    made.append(wheels.own(folder, {f"{_FIGURES}/{name}": data for name, data in more.items()}))
    (folder / "pyodide-lock.json").write_text(lock(made, package / "pyodide-lock.json"), encoding="utf-8")
    return made


def _letters() -> Path:
    """The folder of the letters of figures, which takes long to make."""
    made_of = [version("matplotlib").encode()]
    made_of += [file.read_bytes() for file in sorted(Path(figures.__file__).parent.glob("*.py"))]
    return downloads.kept("letters", b"\0".join(made_of), lambda into: pack(into / "letters"))


def _extension(tools: Path) -> Path:
    """The folder of what lets JupyterLab run Python in the browser."""
    return tools / "share" / "jupyter" / "labextensions" / "@jupyterlite" / "pyodide-kernel-extension"


def _notebooks(folder: Path, step: Step) -> None:
    """Put the notebooks into a folder."""
    folder.mkdir(parents=True)
    for slug in texts():
        step(f"notebook {slug}")
        # JupyterLab without a server shows a text that is a list of lines as one, and trips over it elsewhere.
        text = nbformat.writes(browser_notebook(slug), split_lines=False, ensure_ascii=False)
        (folder / f"{slug}.ipynb").write_text(text, encoding="utf-8")


def _configure(lite: Path, tools: Path, packages: list[str]) -> None:
    """Write what JupyterLite is told: how to build, and what the page is to do."""
    building = {
        "apps": ["lab"],
        "contents": ["contents"],
        "federated_extensions": [str(_extension(tools)), str(_PATIENCE)],
        "ignore_sys_prefix": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "no_libarchive": True,
        "cache_dir": str(lite.with_name("cache")),
    }
    # All packages are there when a kernel is: one that is missing would be looked for elsewhere.
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": packages}}
    page = {
        "appName": "Twisted.web, line by line",
        "disabledExtensions": [_SERVICE_WORKER],
        "litePluginSettings": {KERNEL: kernel},
    }
    for name, data in {
        "jupyter_lite_config.json": {"LiteBuildConfig": building},
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
    }.items():
        (lite / name).write_text(json.dumps(data, indent=1), encoding="utf-8")


def _put_together(lite: Path, out: Path, tools: Path) -> None:
    # What the reader has set for a Jupyter of his own is not for this one.
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON"))}
    environment = mine | {"PYTHONPATH": str(tools), "JUPYTER_NO_CONFIG": "1"}
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(lite), "--output-dir", str(out)]
    downloads.ran("JupyterLite", command, cwd=lite, environment=environment)


def _megabytes(out: Path) -> int:
    """What a browser fetches before the first cell runs, from a server that compresses what can be compressed."""
    python = sum(len(zlib.compress(file.read_bytes(), 6)) for file in (out / "static" / "pyodide").iterdir())
    return round(_JUPYTERLAB + python / 1e6)
