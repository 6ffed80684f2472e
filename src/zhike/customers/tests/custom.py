"""A customer manager with custom fields on customers: what the tests of such fields share."""

from __future__ import annotations

from zhike.customers.models import Customer
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records.testing import problems_in, signed_in, staff


def firm_of(owner: Person, **values: str) -> Customer:
    """A firm that the owner enters in the drawer, with what else was typed."""
    made = signed_in(owner).post("/customers/new/", {"kind": "firm", "name": "杭州岚山精密有限公司", **values})
    assert made.status_code == 302, problems_in(made)
    return Customer.objects.latest("pk")


def administrator() -> Viewer:
    """Somebody who may add and change fields."""
    return viewer_of(staff("it_team"))
