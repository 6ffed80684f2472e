"""What another number of grading would move, before it is changed: counts for whoever asks, rows for who sees leads."""

from __future__ import annotations

import html
import re

import pytest

from zhike.acquire.models import Lead
from zhike.acquire.policy import GradingPolicy
from zhike.acquire.services.grading import lead_grade
from zhike.acquire.tests.intake import FITS, asked
from zhike.foundation import policies
from zhike.foundation.access.people import viewer_of
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, staff, text_of

POLICY = load_defaults().get(GradingPolicy)
PAGE = "/policies/acquire.grading.b_from/"
pytestmark = pytest.mark.django_db


def link_in(page: str) -> str | None:
    found = re.search(r'href="(/foresight/leads/[^"]+)"', page)
    return html.unescape(found[1]) if found else None


@pytest.mark.requirement("PLAT-10", proof="user")
def test_a_limit_of_the_grades_shows_which_open_leads_would_move_and_writes_nothing() -> None:
    seller, boss, it = staff("sales_specialist"), staff("management"), staff("it_team")
    viewer, own = viewer_of(seller), {"owner_id": seller.pk}
    fits, other = asked(viewer, profile=FITS, **own), asked(viewer, **own)
    by_hand = asked(viewer, profile=FITS, **own)
    lead_grade(viewer=viewer, uid=by_hand.uid, version=by_hand.version, grade="A", reason="熟人")
    asks = {"act": "preview", "value": str(fits.grade_points + 1)}
    assert (fits.grade, other.grade) == ("B", "C")

    told = text_of(signed_in(boss).post(PAGE, asks))
    assert "1 条未结束的线索等级会变化：B" in told
    assert "按 2 条未结束的线索计算" in told
    link = link_in(told)
    assert link is not None
    for person in (boss, seller):
        listed = text_of(signed_in(person).get(link))
        assert re.findall(r"/leads/([0-9a-f-]{36})/", listed) == [str(fits.uid)]
    stranger = text_of(signed_in(staff("sales_specialist")).get(link))
    assert str(fits.uid) not in stranger, "somebody else's lead"

    counted = text_of(signed_in(it).post(PAGE, asks))
    assert "1 条未结束" in counted
    assert link_in(counted) is None, "IT reads no leads"
    assert signed_in(it).get(link).status_code == 403
    assert Lead.objects.get(pk=fits.pk).grade == "B"
    assert policies.current().get(GradingPolicy).b_from == POLICY.b_from


@pytest.mark.requirement("PLAT-10", proof="user")
def test_a_value_that_moves_no_lead_says_so() -> None:
    asked(viewer_of(staff("sales_specialist")))

    assert "没有未结束的线索会改变等级" in text_of(
        signed_in(staff("management")).post(PAGE, {"act": "preview", "value": str(POLICY.b_from + 1)})
    )


@pytest.mark.parametrize("value", ["", "x", "-1", "[]"])
def test_what_cannot_be_asked_is_not_found(value: str) -> None:
    boss = signed_in(staff("management"))

    for key in ("acquire.grading.b_from", "segment.tiers.high_from", "nothing"):
        assert boss.get("/foresight/leads/", {"key": key, "value": value}).status_code == 404
