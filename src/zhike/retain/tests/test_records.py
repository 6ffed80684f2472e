"""Lists, pages, acts, API and exports of warnings, cases and falls of health: generated from their declaration."""

from __future__ import annotations

import itertools
from typing import Any

from zhike.customers.services.customer import customer_create
from zhike.events.retain import HealthFell
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import cases
from zhike.retain.models import HealthFall, Warning
from zhike.retain.services.cause import fall_note
from zhike.retain.tests.casework import a_case, night, proposal

_numbers = itertools.count(1)


def _customer(owner: Person) -> Any:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=f"青禾第{next(_numbers)}纺织有限公司")


def a_warning(owner: Person) -> Warning:
    customer = _customer(owner)
    night(*(proposal(w.customer) for w in Warning.objects.filter(state="proposed")), proposal(customer))
    return Warning.objects.get(customer=customer)


def a_fall(owner: Person) -> HealthFall:
    customer = _customer(owner)
    fall_note(HealthFell(customer_id=customer.pk, health=61.5, limit=70.0, cause="complaints"))
    return HealthFall.objects.get(customer=customer)


TestWarnings = cases("warnings", make=a_warning, allowed="customer_manager", denied="it_team")
TestCases = cases("retentions", make=a_case, allowed="customer_manager", denied="it_team")
TestFalls = cases("health_falls", make=a_fall, allowed="customer_manager", denied="it_team")
