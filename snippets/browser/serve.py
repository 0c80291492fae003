"""Serves the site on this machine, as any server of static files does: by Twisted.web."""

import os
from collections.abc import Callable
from pathlib import Path

from twisted.web.server import Site

from snippets.browser.build import OURS
from snippets.edition.guard import GuardedRequest
from snippets.edition.server import Pages, bound, run_site
from snippets.lens.errors import LensError

# JupyterLab compiles as it runs, and Python in the browser is compiled code; but all of it is from here, and nothing
# that runs here may ask another host.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class SiteRequest(GuardedRequest):
    """A request to the site, which may be for a page that runs code."""

    headers = GuardedRequest.headers | {"Content-Security-Policy": POLICY}


def check(folder: Path) -> None:
    """See that a folder has a site.

    Raises:
        LensError: it has none that was made here.
    """
    if not os.path.exists(folder / OURS):  # also of a name that no folder can have
        raise LensError(f"there is no site in {folder}: `python -m snippets site build {folder}` makes it")


def serve(folder: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the site in a folder on this machine until Ctrl-C.

    Args:
        folder: the folder.
        port: where to listen; 0 for a free one.
        ready: is called with the address, when it is answered there.

    Raises:
        LensError: there is no site in the folder, or nobody can listen there.
    """
    check(folder)
    with bound("127.0.0.1", port) as listening:
        run_site(Site(Pages(str(folder)), requestFactory=SiteRequest), listening, ready)
