"""The generated reference pages say what the code says."""

import os
import subprocess
import sys
from pathlib import Path

from tools import docs

ROOT = Path(__file__).resolve().parents[2]


def test_every_reference_page_says_what_the_code_says():
    # In a process of its own: tests of the machinery register jobs and duties that are not part of the product.
    checked = subprocess.run(
        [sys.executable, "tools/docs.py", "check"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_cell_cannot_break_its_table():
    written = docs.table(("a",), [("one | two\nthree",)])

    assert written.splitlines()[-1] == "| one \\| two three |"
