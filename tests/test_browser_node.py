"""All texts of the book in node, by the kernel that the site has: every output is the one that the notebook has."""

import pytest

from snippets.browser.notebooks import texts
from tests.browser_site import differences, in_node, notebook

pytestmark = pytest.mark.once


@pytest.mark.parametrize("slug", texts())
def test_every_output_is_the_saved_one(browser_site, slug):
    delivered = notebook(browser_site, slug)
    assert differences(delivered, in_node(browser_site, delivered)) == []
