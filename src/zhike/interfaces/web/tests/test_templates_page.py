"""IT finds the industry template on a page, sees what it changes, and proposes it; management decides."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from zhike.foundation import policies
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.policies.load import load_defaults, overlay
from zhike.foundation.policies.models import TEMPLATE_KEY, PolicyProposal
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.cli import main as cli
from zhike.segment.policy import TierPolicy

HIGH = "segment.tiers.high_from"
PAGE = "/policies/templates/retail/"
pytestmark = pytest.mark.django_db


def row_of(page: str, key: str) -> str:
    """The row of the table that is about a number, as text."""
    row = next(part for part in page.split("<tr>") if f"/policies/{key}/" in part)
    return re.sub(r"<[^>]+>", " ", row)


@pytest.mark.requirement("PLAT-11", proof="user")
def test_it_sees_the_four_templates_and_what_each_would_change() -> None:
    client = signed_in(staff("it_team", language="en"))

    overview, page = text_of(client.get("/policies/templates/")), text_of(client.get(PAGE))

    for name in ("General B2B", "SaaS", "Telecom", "Retail and finance"):
        assert name in overview
    row = row_of(page, HIGH)
    assert "¥500,000.00" in row, "now"
    assert "¥5,000.00" in row, "with the template"
    assert "by orders" in row_of(text_of(client.get("/policies/templates/saas/")), "segment.lifecycle.lost_by")


@pytest.mark.requirement("PLAT-11", proof="user")
@pytest.mark.requirement("PLAT-10", proof="user")
def test_it_proposes_a_template_and_management_decides() -> None:
    it, boss = signed_in(staff("it_team")), signed_in(staff("management"))

    asked = it.post(PAGE, {"reason": "我们是零售企业"}, follow=True)
    assert "已提议" in text_of(asked)
    assert policies.current().template is None
    waiting = text_of(boss.get("/policies/"))
    assert "零售与金融" in waiting
    proposal = PolicyProposal.objects.get()
    boss.post(f"/policies/{proposal.uid}/decide/", {"act": "approve"})

    assert policies.current().get(TierPolicy).high_from == overlay("retail")[HIGH]
    history = text_of(it.get("/policies/templates/"))
    assert "我们是零售企业" in history
    assert Entry.objects.filter(action="policies.set", after__contains=TEMPLATE_KEY).exists()


@pytest.mark.requirement("PLAT-11", proof="user")
def test_a_number_set_by_hand_is_shown_as_kept_and_replaced_only_when_ticked() -> None:
    boss = staff("management", language="en")
    client = signed_in(boss)
    policies.change(viewer_of(boss), HIGH, 777_700_00, reason="our own")

    assert "Set by hand: kept" in row_of(text_of(client.get(PAGE)), HIGH)
    client.post(PAGE, {"reason": "shops"})
    assert policies.current().get(TierPolicy).high_from == 777_700_00

    assert "Set by hand: kept" in row_of(text_of(client.get(PAGE)), HIGH), "it can still be replaced later"
    client.post(PAGE, {"reason": "shops, wholly", "replace": [HIGH]})
    assert policies.current().get(TierPolicy).high_from == overlay("retail")[HIGH]


@pytest.mark.requirement("PLAT-11", proof="user")
def test_without_a_reason_or_with_a_past_date_nothing_is_chosen_and_the_page_says_why() -> None:
    client = signed_in(staff("management"))

    silent = client.post(PAGE, {"reason": " "})
    past = client.post(PAGE, {"reason": "x", "from": "2001-01-01"})

    assert (silent.status_code, past.status_code) == (422, 422)
    assert 'role="alert"' in text_of(silent)
    assert policies.current().template is None


def test_who_only_reads_settings_sees_the_templates_and_cannot_choose() -> None:
    client = signed_in(staff("compliance_specialist"))

    assert 'name="reason"' not in text_of(client.get(PAGE))
    assert client.post(PAGE, {"reason": "x"}).status_code == 403
    assert client.get("/policies/templates/bakery/").status_code == 404


@pytest.mark.requirement("PLAT-11", proof="user")
def test_templates_are_compared_side_by_side_differences_first() -> None:
    client = signed_in(staff("it_team", language="en"))
    policies.change(viewer_of(staff("management")), "segment.tiers.core_from", 7_000_00, reason="small firms")

    few, every = (
        text_of(client.get("/policies/templates/beside/")),
        text_of(client.get("/policies/templates/beside/?all=1")),
    )

    row = row_of(few, HIGH)
    for value in ("¥500,000.00", "¥200,000.00", "¥5,000.00"):
        assert value in row
    assert "¥7,000.00" in row_of(few, "segment.tiers.core_from")
    assert every.count("<tr>") > few.count("<tr>") - 1


@pytest.mark.requirement("PLAT-11", proof="user")
def test_a_template_is_taken_back_on_the_page_with_a_reason() -> None:
    boss, it = signed_in(staff("management", language="en")), signed_in(staff("it_team", language="en"))
    boss.post(PAGE, {"reason": "shops"})
    page = text_of(it.get("/policies/templates/"))
    address = re.search(r'action="(/policies/templates/[0-9a-f-]{36}/back/)"', page)
    assert address is not None

    it.post(address[1], {"reason": "no shops"})
    assert policies.current().template == "retail", "proposed only"
    proposal = PolicyProposal.objects.get()
    assert "none: the shipped values" in text_of(boss.get("/policies/"))
    boss.post(f"/policies/{proposal.uid}/decide/", {"act": "approve"})

    assert policies.current().template is None
    assert "no shops" in text_of(it.get("/policies/templates/"))
    assert boss.post(address[1], {"reason": ""}, follow=True).status_code == 200
    late = boss.post(address[1], {"reason": "again"})
    assert late.status_code == 409


@pytest.mark.requirement("PLAT-11", proof="rule")
def test_the_console_chooses_a_template_and_lists_what_it_keeps() -> None:
    policies.change(viewer_of(staff("management")), HIGH, 777_700_00, reason="our own")

    done = CliRunner().invoke(cli.zhike, ["template", "retail", "--reason", "shops"])
    shown = CliRunner().invoke(cli.zhike, ["template"])
    silent = CliRunner().invoke(cli.zhike, ["template", "saas"])

    assert done.exit_code == 0, done.output
    assert f"{HIGH}: 77770000 was set by hand and is kept" in done.output
    assert policies.current().template == "retail"
    assert "In force: retail" in shown.output
    assert silent.exit_code == 2
    assert load_defaults().template is None
