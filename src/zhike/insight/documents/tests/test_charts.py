"""Our own SVG: well-formed whatever names say, nothing outside the drawing."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.reports.svg import Bar, bars, columns, shortened, width_of

SVG = "{http://www.w3.org/2000/svg}"


@given(st.text(), st.floats(min_value=0, max_value=1e12))
def test_a_chart_is_well_formed_whatever_a_name_says(name: str, length: float) -> None:
    drawn = bars([Bar(name, length, name), Bar("b", 1, "1")])

    root = ET.fromstring(drawn)

    for rect in root.iter(f"{SVG}rect"):
        if not rect.get("width", "").endswith("%"):
            assert float(rect.get("x", 0)) + float(rect.get("width", 0)) <= float(root.get("width", 0)) + 0.2


@given(st.text(min_size=1), st.floats(min_value=20, max_value=300))
def test_a_long_name_is_cut_with_an_ellipsis_to_its_room(name: str, room: float) -> None:
    cut = shortened(name, room, 11)

    assert cut == name or (cut.endswith("…") and width_of(cut, 11) <= room)


@pytest.mark.parametrize("counts", [[], [("a", 0, "#000")], [("a", 5, "#000"), ("b", 1, "#111")]])
def test_columns_draw_with_nothing_with_zeros_and_with_counts(counts: list[tuple[str, int, str]]) -> None:
    root = ET.fromstring(columns(counts))

    assert len(list(root.iter(f"{SVG}rect"))) == 1 + len(counts)
