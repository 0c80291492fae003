"""What Sphinx is told to make web pages of the book, and what it would lose or leave out by itself."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.console import strip_escape_sequences
from sphinx.util.docutils import docutils_namespace, patch_docutils

from snippets.edition.shown_tests import write_tests

STATIC = Path(__file__).parent / "static"
LENS = Path(__file__).parents[1] / "lens"
TITLE = "Twisted.web, line by line"

OPTIONS: dict[str, Any] = {
    "project": TITLE,
    "html_title": TITLE,
    "extensions": ["myst_nb", __name__],
    "nb_execution_mode": "off",  # executed aside: its own execution breaks lines of outputs at random
    "nb_merge_streams": False,
    "myst_heading_anchors": 4,
    "myst_heading_slug_func": "snippets.workshop.notebook.anchor",  # by the names that the notebooks' links have
    "myst_enable_extensions": ["deflist"],
    "html_theme": "furo",
    "html_static_path": [str(STATIC), str(LENS / "listing.css"), str(LENS / "player.js")],
    "html_css_files": ["listing.css", "edition.css"],
    "html_js_files": [("edition.js", {"defer": "defer"}), ("players.js", {"type": "module"})],
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "html_show_copyright": False,
    "html_favicon": str(STATIC / "favicon.svg"),
    "html_use_index": False,
    "highlight_language": "python",
    "language": "en",
}


class AltTexts(SphinxPostTransform):
    """A figure's alt text is what stands beside it as plain text; without this it is lost."""

    default_priority = 3  # before one of the forms of an output is chosen

    def run(self, **kwargs: object) -> None:
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            texts = [each.astext() for each in bundle.findall(nodes.literal_block)]
            for image in bundle.findall(nodes.image):
                image["alt"] = " ".join(texts[0].split()) if texts else ""


class Folded(SphinxTransform):
    """A further section is folded behind its first paragraph, as it is in the notebook."""

    default_priority = 880  # when sections have their titles and targets

    def apply(self, **kwargs: object) -> None:
        for section in list(self.document.findall(nodes.section)):
            title = section.next_node(nodes.title)
            if title is None or not title.astext().startswith("Further: "):
                continue
            shown = next((i for i, each in enumerate(section) if isinstance(each, nodes.paragraph)), None)
            if shown is None:
                continue
            opening = '<details class="further"><summary>Read this section</summary>'
            section.insert(shown + 1, nodes.raw("", opening, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


_IMAGE = re.compile(r'<img (?=[^>]*src="_images/([^"]+)")')
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _finished(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give each figure its size before it has come, or the text would jump; and let it come when it is needed.

    The captions of the contents are headings without a level: they get one.
    """
    sources = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def sized(found: re.Match[str]) -> str:
        width, height = Image.open(sources[found[1]]).size
        return f'<img width="{width}" height="{height}" loading="lazy" decoding="async" '

    contents = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = contents.replace('role="heading"', 'role="heading" aria-level="2"')
    context["body"] = _IMAGE.sub(sized, context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_transform(Folded)
    app.add_post_transform(AltTexts)
    app.connect("html-page-context", _finished, priority=900)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def run_sphinx(sources: Path, out: Path, trees: Path) -> list[str]:
    """Make pages of notebooks and Markdown.

    Args:
        sources: the folder with them.
        out: the folder for the pages.
        trees: a folder for what Sphinx keeps while it works.

    Returns:
        what Sphinx warned of, a line each.
    """
    said = io.StringIO()
    options: Any = {"confoverrides": OPTIONS, "status": None, "warning": said, "freshenv": True}
    with patch_docutils(), docutils_namespace():  # what Sphinx tells docutils is forgotten, or the next time would warn
        Sphinx(sources, None, out, trees, "html", **options).build(True)
    write_tests((page.read_text(encoding="utf-8") for page in out.glob("*.html")), out)
    shutil.rmtree(out / "_sources", ignore_errors=True)
    _without_inline_scripts(out)
    return [strip_escape_sequences(line) for line in said.getvalue().splitlines()]


def _without_inline_scripts(out: Path) -> None:
    """Move each script that stands in a page to a file of its own: so the pages can be served without any."""
    names: dict[str, str] = {}
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        up = "../" * (len(page.relative_to(out).parts) - 1)

        def moved(found: re.Match[str], up: str = up) -> str:
            name = names.setdefault(found[1], f"_static/inline{len(names) + 1}.js")
            return f'<script src="{up}{name}"></script>'

        changed = _SCRIPT.sub(moved, text)
        if changed != text:
            page.write_text(changed, encoding="utf-8")
    for script, name in names.items():
        (out / name).write_text(script, encoding="utf-8")
