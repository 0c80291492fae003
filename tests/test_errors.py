"""What a reader sees of an error that is meant for them."""

from tests.programs import run


def test_in_a_notebook_it_is_one_line_without_the_book_s_own_code():
    ended = run("-m", "IPython", "--colors=NoColor", "-c", "from snippets.lens.names import locate; locate('nosuch')")
    assert "LensError: " in ended.out
    assert "Traceback" not in ended.out
    assert "names.py" not in ended.out
