"""The sample company is loaded with one click and taken out with another, and takes nothing of anybody's along."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from zhike.customers.models import Contact, Customer, Interaction, TimelineEntry
from zhike.customers.public import customer_create
from zhike.foundation import audit, jobs
from zhike.foundation.access.models import Department, Deputyship, Person, Share
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto.models import PersonKey, VaultValue
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.policies import change
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.search.models import SearchDocument
from zhike.insight.models import MeasureHistory
from zhike.retain.models import Warning
from zhike.sample.services import removal
from zhike.sample.web import page


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> Any:
    settings.HOME = tmp_path
    return tmp_path


def counts() -> dict[str, int]:
    """Rows by model, without what tells of the doing itself."""
    told = {"audit", "jobs", "outbox", "sessions", "crypto", "usersessions"}
    kept = {"insight.NightRun", "insight.NightStep", "insight.ModelRun", "customers.NumberSeries", "search.SearchIndex"}
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label not in told]
    found = {m._meta.label: m._base_manager.count() for m in models if m._meta.label not in kept}
    return {label: count for label, count in found.items() if count}


@pytest.mark.django_db(transaction=True)
def test_one_click_in_and_one_click_out(home: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(page, "CUSTOMERS", 100)
    me = staff("it_team", language="en")
    client = signed_in(me)
    jobs.run_due()  # on some days reports are drafted, for real people too
    before, values = counts(), VaultValue.objects.count()
    assert "Load the sample company" in text_of(client.get("/sample/"))

    assert client.post("/sample/load/").status_code == 302
    assert "is being loaded" in text_of(client.get("/sample/"))
    assert client.post("/sample/load/").status_code == 409
    jobs.run_due()
    run = JobRun.objects.get(job="sample.load")
    assert run.state == RunState.DONE, run.error
    assert JobRun.objects.filter(job="serve.greetings_plan", slot__startswith="asked").exists()
    assert Deputyship.objects.count() == Share.objects.count() == 1
    assert Customer.objects.count() >= 100
    assert Warning.objects.exists()
    assert MeasureHistory.objects.exists()
    assert "Take the sample company out" in text_of(client.get("/sample/"))
    assert client.post("/sample/load/").status_code == 409

    gone = client.post("/sample/remove/")
    assert gone.status_code == 302, text_of(gone)
    jobs.run_due()

    run = JobRun.objects.get(job="sample.remove")
    assert run.state == RunState.DONE, run.error
    assert counts() == before
    assert VaultValue.objects.count() == values
    assert not PersonKey.objects.exists()
    assert not SearchDocument.objects.exists()
    assert Entry.objects.filter(action="sample.remove").exists()
    audit.seal()
    assert audit.verify().is_intact
    assert "Load the sample company" in text_of(client.get("/sample/"))


def sample_customer() -> Customer:
    """A file of the sample with a person of it, as a load would leave them."""
    owner = staff("customer_manager")
    customer = customer_create(viewer=viewer_of(owner), kind="person", name="欧阳静宜", phone="13800001234")
    top = Department.objects.create(name="样例", external_id="sample:top")
    Person.objects.filter(pk=owner.pk).update(origin="sample", department=top)
    Customer.objects.filter(pk=customer.pk).update(origin="sample")
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.django_db
def test_what_people_made_keeps_the_sample_here_and_is_named() -> None:
    customer, me = sample_customer(), staff("customer_manager")
    Contact.objects.create(customer=customer, name="自己加的", created_by=me, owner=me)
    it = signed_in(staff("it_team", language="en"))

    refused = it.post("/sample/remove/")

    assert refused.status_code == 409
    assert "自己加的" in text_of(refused)
    assert Customer.objects.filter(pk=customer.pk).exists()
    assert not JobRun.objects.filter(job="sample.remove").exists()
    Contact.objects.all().delete()
    assert it.post("/sample/remove/").status_code == 302
    jobs.run_due()
    assert not Customer.objects.exists()
    assert not TimelineEntry.objects.exists()
    assert not Department.objects.filter(external_id="sample:top").exists()
    assert Person.objects.filter(pk=me.pk).exists()


@pytest.mark.django_db
def test_a_customer_of_ones_own_whom_a_sample_person_owns_is_named() -> None:
    customer = sample_customer()
    mine = Customer.objects.create(
        number="C-9", kind="firm", name="自家客户", name_key="z", owner=customer.owner, department=customer.department
    )

    found = removal.hanging()

    assert [h.examples for h in found] == [(str(mine),)]


@pytest.mark.django_db
def test_a_number_that_a_sample_person_changed_is_not_taken_along() -> None:
    customer = sample_customer()
    boss = staff("management")
    change(viewer_of(boss), "jobs.worker.tries_max", 4, reason="test")
    Person.objects.filter(pk=boss.pk).update(origin="sample", department=customer.department)

    assert removal.hanging(), "a policy is not of the sample"


@pytest.mark.django_db
def test_only_who_edits_settings_and_only_without_customers() -> None:
    assert signed_in(staff("sales_lead")).get("/sample/").status_code == 403
    it: Client = signed_in(staff("it_team", language="en"))
    owner = staff("customer_manager")
    customer_create(viewer=viewer_of(owner), kind="firm", name="岚山精密")

    assert "already" in text_of(it.get("/sample/"))
    assert it.post("/sample/load/").status_code == 409
    assert it.post("/sample/remove/").status_code == 409
    assert not Interaction.objects.filter(origin="sample").exists()
