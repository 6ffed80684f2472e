import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from zhike.foundation import calendar, obligations, policies
from zhike.foundation.access.deputies import viewer_for
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.people import person_add, viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations import Obligation, Subject
from zhike.foundation.obligations.models import Duty, DutyNotice, DutyState, NoticeKind
from zhike.foundation.obligations.policy import StandardPolicy
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.obligations.tests.conftest import at, tell
from zhike.foundation.obligations.tests.deeds import NUMBERS, TestClocks
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies.load import load_defaults

STANDARD = load_defaults().get(StandardPolicy)
START = at("2026-06-01 09:00")
CONTACT = dt.timedelta(hours=NUMBERS["contact_hours"])
SECOND = dt.timedelta(seconds=1)
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-08", proof="rule")]


def contact(**fields: Any) -> Obligation:
    """The duty to contact a listed customer within 48 hours."""
    complete = {
        "code": "T-18",
        "title": "contact",
        "starts": deeds.Listed,
        "fulfils": deeds.Contacted,
        "cancels": deeds.Delisted,
        "within": (TestClocks, "contact_hours"),
        "owed_by": "relation:customer_manager",
        "family": "contact",
    }
    return Obligation(**(complete | fields))  # type: ignore[arg-type]


def first_contact(**fields: Any) -> Obligation:
    """The duty to contact a sleeping customer within 30 days: of the same family."""
    complete = {"code": "T-20", "starts": deeds.FellAsleep, "within": (TestClocks, "first_contact_days")}
    return contact(**(complete | fields))


@pytest.fixture
def listed(owners: dict[int, int]) -> Duty:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    return Duty.objects.get()


def told(kind: str) -> list[int]:
    return list(DutyNotice.objects.filter(kind=kind).values_list("person_id", flat=True))


def test_an_event_starts_a_duty_with_owner_clock_and_policy_version(listed: Duty, manager: Person) -> None:
    assert (listed.state, listed.person_id, listed.customer_id) == (DutyState.OPEN, manager.pk, 7)
    assert (listed.started_at, listed.due_at) == (START, START + CONTACT)
    assert listed.remind_at == START + CONTACT * STANDARD.remind_at
    assert listed.policy_version == "obligations_tests.clocks@0"
    assert listed.title == "contact"
    assert EventRow.objects.filter(name="obligations.DutyStarted").count() == 1


@pytest.mark.parametrize("origin", ["import", "sample"])
def test_history_and_samples_start_no_clock(owners: dict[int, int], origin: str) -> None:
    obligations.declare(contact())

    tell(deeds.Listed(customer_id=7, at=START, origin=origin))

    assert not Duty.objects.exists()


def test_history_does_not_fulfil_either(listed: Duty) -> None:
    tell(deeds.Contacted(customer_id=7, at=START + SECOND, origin="import"))

    assert Duty.objects.get().state == DutyState.OPEN


def test_the_same_event_twice_starts_one_duty(owners: dict[int, int]) -> None:
    obligations.declare(contact())
    happened = deeds.Listed(customer_id=7, at=START)
    from zhike.foundation.obligations.engine import react

    for _ in range(2):
        with transaction.atomic():
            react(happened)
    Duty.objects.update(state=DutyState.CANCELLED)
    with transaction.atomic():
        react(happened)

    assert Duty.objects.count() == 1


def test_a_second_start_while_the_first_runs_keeps_the_first_promise(listed: Duty) -> None:
    tell(deeds.Listed(customer_id=7, at=START + dt.timedelta(hours=24)))

    assert Duty.objects.get().due_at == START + CONTACT


def test_after_it_was_done_a_new_start_is_a_new_duty(listed: Duty) -> None:
    tell(deeds.Contacted(customer_id=7, at=START + SECOND))
    tell(deeds.Listed(customer_id=7, at=START + CONTACT))

    assert sorted(Duty.objects.values_list("state", flat=True)) == [DutyState.FULFILLED, DutyState.OPEN]


def test_what_is_done_before_the_start_does_not_count(listed: Duty) -> None:
    tell(deeds.Contacted(customer_id=7, at=START - SECOND))

    assert Duty.objects.get().state == DutyState.OPEN


def test_only_the_customer_meant_is_fulfilled(listed: Duty) -> None:
    tell(deeds.Listed(customer_id=8, at=START))
    tell(deeds.Contacted(customer_id=8, at=START + SECOND))

    states = dict(Duty.objects.values_list("customer_id", "state"))
    assert states == {7: DutyState.OPEN, 8: DutyState.FULFILLED}


def test_conditions_decide_what_starts_and_what_fulfils(owners: dict[int, int]) -> None:
    obligations.declare(
        contact(
            code="T-04",
            starts=deeds.TicketReceived,
            fulfils=deeds.Contacted,
            subject="customer",
            when=lambda happened: happened.kind == "technical",
            fulfilled_when=lambda happened: happened.person_id is not None,
        )
    )

    tell(deeds.TicketReceived(ticket_id=1, customer_id=7, at=START))
    assert not Duty.objects.exists()
    tell(deeds.TicketReceived(ticket_id=2, customer_id=7, kind="technical", at=START))
    tell(deeds.Contacted(customer_id=7, at=START + SECOND))
    assert Duty.objects.get().state == DutyState.OPEN
    tell(deeds.Contacted(customer_id=7, person_id=1, at=START + SECOND))
    assert Duty.objects.get().state == DutyState.FULFILLED


def test_a_promised_limit_is_the_due_time(owners: dict[int, int]) -> None:
    obligations.declare(contact(code="T-09", starts=deeds.Promised, within=None, due=lambda happened: happened.until))

    tell(deeds.Promised(customer_id=7, until=START + dt.timedelta(days=5), at=START))

    assert Duty.objects.get().due_at == START + dt.timedelta(days=5)


def test_a_later_change_of_policy_does_not_rewrite_a_promise(listed: Duty) -> None:
    policies.change(system("test"), "obligations_tests.clocks.contact_hours", 72, reason="more time")

    assert Duty.objects.get().due_at == START + CONTACT
    tell(deeds.Listed(customer_id=8))
    newer = Duty.objects.get(customer_id=8)
    assert newer.due_at - newer.started_at == dt.timedelta(hours=72)
    assert newer.policy_version != listed.policy_version


def test_the_owner_is_reminded_at_the_share_of_the_policy_and_once(listed: Duty, manager: Person) -> None:
    reminder = START + CONTACT * STANDARD.remind_at

    obligations.tick(reminder - SECOND)
    assert told(NoticeKind.REMIND) == []
    obligations.tick(reminder)
    obligations.tick(reminder + SECOND)

    assert told(NoticeKind.REMIND) == [manager.pk]
    assert Duty.objects.get().reminded_at == reminder


def test_a_breach_is_told_to_owner_and_superior_once(listed: Duty, manager: Person, boss: Person) -> None:
    due = START + CONTACT

    obligations.tick(due)
    assert Duty.objects.get().state == DutyState.OPEN
    obligations.tick(due + SECOND)
    obligations.tick(due + SECOND * 2)

    duty = Duty.objects.get()
    assert (duty.state, duty.breached_at, duty.escalated_to_id) == (DutyState.BREACHED, due, boss.pk)
    assert told(NoticeKind.BREACH) == [manager.pk]
    assert told(NoticeKind.ESCALATION) == [boss.pk]
    assert EventRow.objects.filter(name="obligations.DutyBreached").count() == 1


def test_escalation_can_be_switched_off_by_policy(listed: Duty, manager: Person) -> None:
    policies.change(system("test"), "obligations.standard.escalates", False, reason="small firm")

    obligations.tick(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))

    assert told(NoticeKind.BREACH) == [manager.pk]
    assert told(NoticeKind.ESCALATION) == []


def test_a_declared_post_hears_of_the_breach_instead_of_the_superior(owners: dict[int, int], boss: Person) -> None:
    lead = person_add(username="lead", name="负责人", post_codes=["sales_lead"])
    obligations.declare(contact(escalate_to="post:sales_lead"))

    tell(deeds.Listed(customer_id=7, at=START))
    obligations.tick(START + CONTACT + SECOND)

    assert told(NoticeKind.ESCALATION) == [lead.pk]


def test_a_breached_duty_can_still_be_done_late(listed: Duty) -> None:
    obligations.tick(START + CONTACT + SECOND)
    tell(deeds.Contacted(customer_id=7, at=START + CONTACT * 2))

    duty = Duty.objects.get()
    assert (duty.state, duty.fulfilled_at, duty.is_late) == (DutyState.FULFILLED, START + CONTACT * 2, True)
    assert duty.breached_at == START + CONTACT


def test_a_duty_done_in_time_is_neither_reminded_nor_breached_later(listed: Duty) -> None:
    tell(deeds.Contacted(customer_id=7, at=START + CONTACT))

    obligations.tick(START + CONTACT * 2)

    duty = Duty.objects.get()
    assert (duty.state, duty.is_late, duty.breached_at) == (DutyState.FULFILLED, False, None)
    assert not DutyNotice.objects.exists()


def test_what_makes_the_duty_needless_cancels_it(listed: Duty) -> None:
    tell(deeds.Delisted(customer_id=7, at=START + SECOND))
    obligations.tick(START + CONTACT + SECOND)

    duty = Duty.objects.get()
    assert (duty.state, duty.cancel_reason) == (DutyState.CANCELLED, "obligations_tests.Delisted")


@pytest.mark.requirement("RET-08", proof="rule")
@pytest.mark.parametrize("first", [deeds.FellAsleep, deeds.Listed])
def test_when_both_clocks_run_the_earlier_due_time_wins(owners: dict[int, int], first: Any) -> None:
    obligations.declare(contact(), first_contact())
    second = deeds.Listed if first is deeds.FellAsleep else deeds.FellAsleep

    tell(first(customer_id=7, at=START))
    tell(second(customer_id=7, at=START + dt.timedelta(hours=1)))

    running, covered = Duty.objects.get(code="T-18"), Duty.objects.get(code="T-20")
    assert (running.state, covered.state) == (DutyState.OPEN, DutyState.COVERED)
    assert covered.covered_by == running


def test_the_act_that_does_the_earlier_duty_does_the_covered_one_too(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact(fulfils=()))
    tell(deeds.FellAsleep(customer_id=7, at=START))
    tell(deeds.Listed(customer_id=7, at=START))

    tell(deeds.Contacted(customer_id=7, at=START + SECOND))

    assert set(Duty.objects.values_list("state", flat=True)) == {DutyState.FULFILLED}


def test_when_the_earlier_duty_falls_away_the_covered_one_runs_again(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact(cancels=()))
    tell(deeds.FellAsleep(customer_id=7, at=START))
    tell(deeds.Listed(customer_id=7, at=START))

    tell(deeds.Delisted(customer_id=7, at=START + SECOND))

    assert Duty.objects.get(code="T-20").state == DutyState.OPEN


def test_an_act_before_the_covered_duty_began_does_not_do_it(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact())
    tell(deeds.Listed(customer_id=7, at=START))
    tell(deeds.FellAsleep(customer_id=7, at=START + SECOND * 2))

    tell(deeds.Contacted(customer_id=7, at=START + SECOND))

    done, again = Duty.objects.get(code="T-18"), Duty.objects.get(code="T-20")
    assert (done.state, again.state, again.covered_by) == (DutyState.FULFILLED, DutyState.OPEN, None)


def test_when_the_earlier_duty_breaches_the_covered_one_reminds_and_breaches_itself(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact())
    tell(deeds.FellAsleep(customer_id=7, at=START), deeds.Listed(customer_id=7, at=START))

    obligations.tick(START + CONTACT + SECOND)
    covered = Duty.objects.get(code="T-20")
    assert (covered.state, covered.covered_by) == (DutyState.OPEN, None)

    obligations.tick(covered.remind_at)
    obligations.tick(covered.due_at + SECOND)
    assert set(covered.notices.values_list("kind", flat=True)) == set(NoticeKind.values)
    assert Duty.objects.get(code="T-20").state == DutyState.BREACHED


def test_an_overdue_duty_of_the_family_stays_in_sight(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact())
    tell(deeds.Listed(customer_id=7, at=START))
    obligations.tick(START + CONTACT + SECOND)

    tell(deeds.FellAsleep(customer_id=7, at=START + CONTACT * 2))

    states = dict(Duty.objects.values_list("code", "state"))
    assert states == {"T-18": DutyState.BREACHED, "T-20": DutyState.OPEN}


def test_when_the_customer_is_gone_nothing_is_owed_any_more(owners: dict[int, int]) -> None:
    obligations.declare(contact(), first_contact())
    obligations.cancel_on(deeds.CustomerGone)
    for customer_id in (7, 8):
        tell(deeds.FellAsleep(customer_id=customer_id, at=START), deeds.Listed(customer_id=customer_id, at=START))

    tell(deeds.CustomerGone(customer_id=7))

    assert set(Duty.objects.filter(customer_id=7).values_list("state", flat=True)) == {DutyState.CANCELLED}
    assert Duty.objects.filter(customer_id=8, state=DutyState.OPEN).exists()


def test_one_event_may_start_a_duty_for_each_of_many(owners: dict[int, int]) -> None:
    obligations.declare(
        contact(
            starts=deeds.ManyListed,
            subjects=lambda happened: [Subject("customer", n, n) for n in happened.customer_ids],
        )
    )

    tell(deeds.ManyListed(customer_ids=(1, 2, 3), at=START))

    assert sorted(Duty.objects.values_list("customer_id", flat=True)) == [1, 2, 3]


def test_a_batch_that_arrives_after_the_deed_finds_it_done(owners: dict[int, int]) -> None:
    obligations.declare(
        contact(
            starts=deeds.ManyListed,
            subjects=lambda happened: [Subject("customer", n, n) for n in happened.customer_ids],
        )
    )
    batch = deeds.ManyListed(customer_ids=(1, 2), at=START)

    tell(deeds.Contacted(customer_id=2, at=START + SECOND))
    tell(batch)

    states = dict(Duty.objects.values_list("customer_id", "state"))
    assert states == {1: DutyState.OPEN, 2: DutyState.FULFILLED}


def test_a_working_clock_skips_the_holiday_and_says_when_a_year_is_not_settled(owners: dict[int, int]) -> None:
    obligations.declare(contact(within=(TestClocks, "hand_over_days"), unit="working_days", clock="working"))
    before_holiday, before_new_year = at("2026-09-30 10:00"), at("2026-12-31 10:00")

    tell(deeds.Listed(customer_id=7, at=before_holiday))
    tell(deeds.Listed(customer_id=8, at=before_new_year))

    certain, uncertain = Duty.objects.order_by("customer_id")
    assert certain.due_at == calendar.add_working(before_holiday, days=NUMBERS["hand_over_days"])
    assert certain.due_at == at("2026-10-10 10:00")
    assert (certain.is_due_certain, uncertain.is_due_certain) == (True, False)


def test_two_declarations_of_one_code_are_refused() -> None:
    obligations.declare(contact())
    obligations.declare(contact(code="T-19"))

    with pytest.raises(ValueError, match="T-18"):
        obligations.declare(contact(title="something else"))


def test_a_reaction_of_the_system_is_declared_and_done() -> None:
    seen: list[int] = []

    @obligations.reaction("T-24", title="greet", on=deeds.CallMade)
    def greet(happened: deeds.CallMade) -> None:
        seen.append(happened.person_id)

    tell(deeds.CallMade(person_id=3))

    from zhike.foundation.obligations.register import reactions

    assert seen == [3]
    assert reactions()["T-24"].title == "greet"


def test_a_gate_names_all_that_is_missing_and_opens_when_nothing_is() -> None:
    @obligations.gate("T-34", title="hand-over")
    def accepted(*, is_accepted: bool, **matter: Any) -> list[str]:
        return [] if is_accepted else ["acceptance"]

    @obligations.gate("T-34")
    def documented(*, has_files: bool, **matter: Any) -> list[str]:
        return [] if has_files else ["files"]

    with pytest.raises(obligations.GateClosed) as closed:
        obligations.require_open("T-34", is_accepted=False, has_files=False)
    assert closed.value.data["missing"] == ["acceptance", "files"]
    obligations.require_open("T-34", is_accepted=True, has_files=True)
    with pytest.raises(KeyError):
        obligations.require_open("T-00")


def test_the_share_used_runs_from_nothing_to_all(listed: Duty) -> None:
    for share in (0, 0.25, 1):
        listed.fulfilled_at = START + CONTACT * share
        assert listed.share_used == share
    listed.fulfilled_at = START + CONTACT * 3
    assert listed.share_used == 1


def test_a_deputy_hears_what_the_owner_hears_and_lists_what_is_due_in_these_days(
    listed: Duty, manager: Person, boss: Person
) -> None:
    deputy = person_add(username="deputy", name="代理", post_codes=["customer_manager"])
    day = clock.local(START).date()
    made = Deputyship.objects.create(person=manager, deputy=deputy, since=clock.today(), until=clock.today())
    assert not obligations.duties_stood_in(Deputyship(person=manager, until=day)).exists()
    due_day = clock.local(START + CONTACT).date()
    assert list(obligations.duties_stood_in(Deputyship(person=manager, until=due_day))) == [listed]
    others = Deputyship(person=manager, until=due_day, posts=["legal"])
    assert list(obligations.duties_stood_in(others)) == [listed]  # owed by the relation, not by a post
    Duty.objects.update(owner_source="post:customer_manager")
    assert not obligations.duties_stood_in(others).exists()

    obligations.tick(START + CONTACT + SECOND)

    assert sorted(told(NoticeKind.BREACH)) == sorted([manager.pk, deputy.pk])
    behalf = viewer_for(made)
    assert list(obligations.duties_of(behalf)) == [listed]
    assert not obligations.duties_of(viewer_of(deputy)).exists()
