"""Rules and tags: a tag fires a rule, a rule asks for tags, puts them on and takes them off."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.automate.models import Run, RunState
from zhike.automate.rules.definition import Step
from zhike.automate.tests.conftest import a_rule, deliver
from zhike.customers.tests.office import Office
from zhike.foundation.records import get, taglist, undo
from zhike.foundation.records.tags import carrying

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SEG-11", proof="user")
@pytest.mark.requirement("AUTO-07", proof="user")
def test_a_tag_fires_a_rule_that_takes_it_off_and_puts_another_on(office: Office, page_of: Any) -> None:
    old = taglist.tag_create(viewer=office.viewer("head"), title_zh="待回访", title_en="To be called")
    new = taglist.tag_create(viewer=office.viewer("head"), title_zh="回访中", title_en="Being called")
    a_rule(
        office, "head", event="records.TagsChanged", where=f"tags.has_any({old.code})",
        steps=(Step("do:tag:off", {"tag": [old.code]}), Step("do:tag:put", {"tag": [new.code]})),
    )  # fmt: skip
    firm = office.firm("lead one")
    customers = get("customers")

    undo.updating(office.viewer("lead one"), customers, firm.uid, firm.version, {"tags": [old.code]})
    deliver()

    first = Run.objects.earliest("pk")
    assert first.state == RunState.DONE, list(first.steps.values_list("outcome", flat=True))
    assert Run.objects.exclude(pk=first.pk).exclude(state=RunState.SKIPPED).count() == 0
    assert carrying.held_by(customers.model, firm.uid) == [new.code]
    page = page_of("lead one").get(f"/customers/{firm.uid}/timeline/").content.decode()
    assert "Put on: Being called" in page
    assert "Taken off: To be called" in page
