"""Free text shows no addresses and no long numbers; dates, amounts and document numbers stay."""

from __future__ import annotations

import pytest

from zhike.foundation.kit import masking


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请拨打 13812345678。", "请拨打 138****5678。"),
        ("wang.lei@firm.example 收", "wa****@firm.example 收"),
        ("身份证 11010519491231002X", "身份证 110****002X"),
        ("2026-06-01 交货，合同 HT0000123，共 500000 元", "2026-06-01 交货，合同 HT0000123，共 500000 元"),
        ("电话 0571-8888 6666", "电话 057****6666"),
    ],
)
def test_free_text_is_masked_where_it_names_somebody(text: str, shown: str) -> None:
    assert masking.text(text) == shown
