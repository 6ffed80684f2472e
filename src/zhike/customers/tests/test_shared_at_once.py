"""What one department saves the others see at once, each as its post allows (PLAT-03)."""

from __future__ import annotations

import pytest

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import signed_in, staff, text_of


@pytest.mark.requirement("PLAT-03", proof="user")
def test_what_sales_saves_service_and_management_read_with_their_next_click(office: Office) -> None:
    firm = office.firm("seller one", "绍兴澄湖纺织有限公司", phone="0575-82000000")
    Person.objects.update(must_change_password=False)
    for person in office.people.values():
        person.refresh_from_db()
    seller = signed_in(office.people["seller one"])
    readers = {post: signed_in(staff(post)) for post in ("service_representative", "management", "success_manager")}
    stranger = signed_in(office.people["seller two"])
    address = f"/customers/{firm.uid}/"
    seen = {post: reader.get(address).status_code for post, reader in readers.items()}

    saved = seller.post(f"{address}edit/", {"version": 1, "kind": "firm", "name": firm.name, "short_name": "澄湖印染"})

    assert saved.status_code == 302, text_of(saved)[-2000:]
    assert Customer.objects.get(pk=firm.pk).short_name == "澄湖印染"
    assert seen == {"service_representative": 200, "management": 200, "success_manager": 404}
    for post in ("service_representative", "management"):
        assert "澄湖印染" in text_of(readers[post].get(address)), post
        assert "澄湖印染" in text_of(readers[post].get("/customers/?q=澄湖印染")), post
        got = readers[post].get(f"/api/v1/customers/{firm.uid}").json()
        assert (got["short_name"], got["version"]) == ("澄湖印染", 2), post
    assert stranger.get(address).status_code == 404, "walls are gone, rights are not"
    assert "澄湖印染" not in text_of(stranger.get("/customers/?q=澄湖"))
