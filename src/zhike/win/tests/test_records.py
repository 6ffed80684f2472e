"""Lists, boards, pages, forms, acts and API of opportunities and contracts: generated from their declaration."""

from __future__ import annotations

import pytest

from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import cases, signed_in, staff, text_of
from zhike.win.tests.deals import a_deal, a_draft, a_firm

TestOpportunities = cases(
    "opportunities",
    make=a_deal,
    allowed="sales_specialist",
    denied="it_team",
    create=lambda person: {"title": "五十个席位", "customer": str(a_firm(person).uid), "amount": "120000"},
    change={"explicit_needs": "五十个席位，两周内上线"},
)


def _contract(person: Person) -> dict[str, str]:
    return {"title": "年度服务合同", "customer": str(a_firm(person).uid), "starts_on": "2026-08-01", "value": "5000"}


TestContracts = cases(
    "contracts",
    make=a_draft,
    allowed="sales_specialist",
    denied="it_team",
    create=_contract,
    change={"our_party": "知客科技（杭州）有限公司"},
)


@pytest.mark.django_db
def test_the_contact_of_an_opportunity_is_chosen_among_those_of_its_customer() -> None:
    person = staff("sales_specialist")
    deal = a_deal(person)

    form = text_of(signed_in(person).get(f"/opportunities/{deal.uid}/edit/"))

    assert f"/contacts/pick/?customer={deal.customer.uid}" in form
