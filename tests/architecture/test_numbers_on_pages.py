"""A count reads the same in every language: ``12,345``."""

from tests.architecture.tree import SOURCE


def test_counts_are_grouped_by_our_own_filter():
    # Django's intcomma follows the language, and writes 12345 in Chinese.
    using = [path.name for path in SOURCE.rglob("*.html") if "intcomma" in path.read_text(encoding="utf-8")]

    assert using == [], "say |grouped"
