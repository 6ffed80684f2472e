"""Custom fields for tests: one of each kind, added by the service that the page calls."""

from __future__ import annotations

from typing import Any

from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.custom import services
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing.browser import staff

ENTRY = {"level": "basic", "purpose": "service", "basis": "contract", "retention": "record"}
CHOICES = [
    {"zh": "月付", "en": "Monthly"},
    {"zh": "季付", "en": "Quarterly"},
    {"zh": "年付", "en": "Yearly"},
]


def add(code: str, kind: Kind, zh: str, en: str, **more: Any) -> CustomField:
    """One field, added by a member of the IT team."""
    viewer = viewer_of(staff("it_team"))
    return services.field_add(viewer=viewer, code=code, kind=str(kind), title_zh=zh, title_en=en, **ENTRY | more)


def one_of_each(code: str) -> dict[str, CustomField]:
    """A field of each kind, by its public name."""
    made = (
        add(code, Kind.TEXT, "合同昵称", "Nickname"),
        add(code, Kind.LONG_TEXT, "现场情况", "Site notes"),
        add(code, Kind.NUMBER, "席位数", "Seats"),
        add(code, Kind.NUMBER, "利用率", "Utilisation", digits=2, unit="%"),
        add(code, Kind.MONEY, "押金", "Deposit"),
        add(code, Kind.DATE, "续约日", "Renewal day"),
        add(code, Kind.CHOICE, "续约周期", "Renewal cycle", choices=CHOICES),
        add(code, Kind.PERSON, "实施顾问", "Consultant"),
        add(code, Kind.RELATION, "上级单位", "Parent firm", relation="customers"),
    )
    return {row.key: row for row in made}
