"""The first page of the site, which names the chapters, and the page with the licences of all that is in it."""

import html
from pathlib import Path

from snippets import catalogue
from snippets.browser.downloads import PYODIDE
from snippets.browser.notebooks import texts
from snippets.browser.wheels import Wheel
from snippets.edition.contents import reading, title
from snippets.workshop.contents import question

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #8888; padding: 0.4em 1em 0.4em 0; text-align: left; vertical-align: top; }}
td:last-child, th:last-child {{ text-align: right; white-space: nowrap; }}
pre {{ white-space: pre-wrap; }}
</style>
</head>
<body>
{body}
<!-- JupyterLab, a folder further down, asks this page what it is to do. -->
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{{}}</script>
</body>
</html>
"""

_HEAD = """<h1>Twisted.web, line by line</h1>
<p>A book that reads the source of Twisted.web from the bytes on a socket to <code>render_GET</code> and back. Each
chapter opens in JupyterLab in this browser. Python runs in the browser, too: nothing is installed, and nothing that you
write leaves your machine.</p>
<p>The first chapter that you open fetches about {size} MB; each further one takes what is there already. What you
change is kept by this browser until its data is cleared.</p>
<table>
<thead><tr><th>chapter</th><th>the question it answers</th><th>minutes</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
<p>What the chapters have shown is gathered: {gathered}.</p>
<p><a href="licences.html">Licences</a> of all that is on this site.</p>"""


def first_page(size: int) -> str:
    """The first page, as HTML.

    Args:
        size: megabytes that a browser fetches before the first cell runs.
    """
    rows = "\n".join(
        f"<tr><td>{_link(slug)}</td><td>{html.escape(question(slug))}</td><td>{reading(slug)}</td></tr>"
        for slug in catalogue.slugs()
    )
    gathered = ", ".join(_link(slug) for slug in texts() if slug not in catalogue.slugs())
    return _PAGE.format(title="Twisted.web, line by line", body=_HEAD.format(rows=rows, gathered=gathered, size=size))


def _link(slug: str) -> str:
    return f'<a href="lab/index.html?path=notebooks/{slug}.ipynb">{html.escape(title(slug))}</a>'


_OTHERS = f"""<p>Python for the browser is <a href="https://github.com/pyodide/pyodide">Pyodide</a> {PYODIDE}, under the
Mozilla Public License 2.0; its source is there, at the tag {PYODIDE}. In it is CPython, under the
<a href="https://docs.python.org/3/license.html">PSF License</a>. What JupyterLab is made of is named with its
licences in <a href="build/third-party-licenses.json">a list of its own</a>.</p>"""


def licences(wheels: list[Wheel], tools: Path) -> str:
    """The page of the licences, as HTML.

    Args:
        wheels: the wheels of the site.
        tools: the folder of what made it.
    """
    parts = [(f"{wheel.name} {wheel.version}", wheel.licence) for wheel in sorted(wheels)]
    for file in sorted(tools.glob("jupyterlite*.dist-info/licenses/LICENSE")):
        parts.append((file.parents[1].stem.replace("_", "-"), file.read_text("utf-8")))
    each = "\n".join(
        f"<details><summary>{html.escape(name)}</summary><pre>{html.escape(text)}</pre></details>"
        for name, text in parts
    )
    return _PAGE.format(title="Licences", body=f"<h1>Licences</h1>\n{_OTHERS}\n{each}")
