"""Warnings published before there were cases: a button opens the case, and the path goes on."""

from __future__ import annotations

import pytest

from zhike.customers.tests.office import Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import text_of
from zhike.retain.models import RetentionCase, Warning
from zhike.retain.tests.casework import at_work, interviewed, opened_case

pytestmark = pytest.mark.django_db


def of_old(office: Office, state: str) -> Warning:
    """A warning as an installation has it that published it before it knew cases."""
    warning = Warning.objects.get(customer=opened_case(office).customer)
    RetentionCase.objects.all().delete()
    contacted = clock.now() if state == "contacted" else None
    Warning.objects.filter(pk=warning.pk).update(state=state, case=None, contacted_at=contacted)
    warning.refresh_from_db()
    return warning


@pytest.mark.requirement("RET-08", proof="user")
@pytest.mark.parametrize(("state", "step"), [("published", "contact"), ("contacted", "interview")])
def test_the_case_is_opened_by_a_button_and_goes_on_to_the_plan(office: Office, state: str, step: str) -> None:
    warning, manager = of_old(office, state), at_work(office, "manager one")
    assert "建立挽留案例" in text_of(manager.get(f"/warnings/{warning.uid}/"))

    done = manager.post(f"/warnings/{warning.uid}/do/case/", {"version": warning.version})

    assert done.status_code == 302
    case = RetentionCase.objects.get()
    warning.refresh_from_db()
    assert (warning.case_id, case.state, case.owner_id) == (case.pk, step, office.person("manager one"))
    assert Entry.objects.filter(action="warning.case", object_id=warning.pk).exists()
    assert "建立挽留案例" not in text_of(manager.get(f"/warnings/{warning.uid}/"))
    again = manager.post(f"/warnings/{warning.uid}/do/case/", {"version": warning.version})
    assert "该预警已有案例，或尚未发布，请刷新页面查看。" in text_of(again)
    assert interviewed(manager, case, clock.now()).status_code == 302
    assert case.state == "plan"


def test_nobody_of_another_department_opens_it(office: Office) -> None:
    warning = of_old(office, "published")

    answer = at_work(office, "lead two").post(f"/warnings/{warning.uid}/do/case/", {"version": warning.version})

    assert answer.status_code == 404
    assert not RetentionCase.objects.exists()
