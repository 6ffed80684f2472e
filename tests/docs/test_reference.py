"""The generated reference pages say what the code says."""

import pytest

from tools import docs


@pytest.mark.parametrize("name", docs.WRITERS)
def test_reference_page_says_what_the_code_says(name):
    standing = (docs.PAGES / name).read_text(encoding="utf-8")

    assert standing == docs.WRITERS[name](), "run `make docs` and commit the result"


def test_a_cell_cannot_break_its_table():
    written = docs.table(("a",), [("one | two\nthree",)])

    assert written.splitlines()[-1] == "| one \\| two three |"
