"""The tests that the text links to, as pages: each line has an address."""

import html
import re
from collections.abc import Iterable
from pathlib import Path

from snippets.lens.claims import ROOT

_LINKED = re.compile(r"tests/(\w+)\.html#L-\d+")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>tests/{name}.py</title><link rel="stylesheet" href="../_static/source.css">
<link rel="icon" href="../_static/favicon.svg"></head>
<body><main><h1>tests/{name}.py</h1>
<p><a href="../index.html">The book</a> · run one with <code>python -m snippets prove NAME</code></p>
{code}</main></body></html>
"""


def write_tests(pages: Iterable[str], out: Path) -> None:
    """Write a page for each file of tests that one of the pages links to.

    Args:
        pages: what the pages of the book hold, as HTML or Markdown.
        out: the folder of the pages.
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    formatter = HtmlFormatter(lineanchors="L", anchorlinenos=True, linenos="inline", wrapcode=True)
    (out / "tests").mkdir(exist_ok=True)
    for name in sorted({name for page in pages for name in _LINKED.findall(page)}):
        text = (ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8")
        code = highlight(text, PythonLexer(), formatter)
        page = _PAGE.format(name=html.escape(name), code=code)
        (out / "tests" / f"{name}.html").write_text(page, encoding="utf-8")
