import datetime as dt
from typing import Any

import pytest

from zhike.foundation import obligations
from zhike.foundation.access.models import Person, Team
from zhike.foundation.access.people import department_add, person_add, viewer_of
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.obligations import ports
from zhike.foundation.obligations.models import Duty, DutyNotice, DutyState
from zhike.foundation.obligations.services import DutyOver, hand_over
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.obligations.tests.conftest import at, tell
from zhike.foundation.obligations.tests.test_duties import CONTACT, SECOND, START, contact

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-08", proof="rule")]


def test_a_customer_without_manager_falls_to_the_declared_post(boss: Person) -> None:
    lead = person_add(username="lead", name="负责人", post_codes=["sales_lead"])
    ports.owner_relation("customer_manager")(lambda numbers: dict.fromkeys(numbers))
    obligations.declare(contact(fallback=("post:sales_lead",)))

    tell(deeds.Listed(customer_id=7, at=START))

    duty = Duty.objects.get()
    assert (duty.person_id, duty.owner_source, duty.is_fallback) == (lead.pk, "post:sales_lead", True)


def test_a_manager_who_has_left_is_replaced_by_the_superior(
    owners: dict[int, int], manager: Person, boss: Person
) -> None:
    Person.objects.filter(pk=manager.pk).update(is_active=False)
    obligations.declare(contact())

    tell(deeds.Listed(customer_id=7, at=START))

    duty = Duty.objects.get()
    assert (duty.person_id, duty.is_fallback) == (boss.pk, True)


def test_without_anybody_else_it_falls_to_it_with_a_warning(it_team: Person, caplog: Any) -> None:
    obligations.declare(contact())

    tell(deeds.Listed(customer_id=7, at=START))

    assert Duty.objects.get().person_id == it_team.pk
    assert "post:it_team" in caplog.text


def test_with_nobody_at_all_the_duty_stands_and_is_given_to_the_first_who_comes(db: None, caplog: Any) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    assert Duty.objects.get().person_id is None
    assert "nobody" in caplog.text

    newcomer = person_add(username="it", name="IT", post_codes=["it_team"])
    obligations.tick(START)

    assert Duty.objects.get().person_id == newcomer.pk


def test_the_duties_of_somebody_who_leaves_go_on_to_the_superior(
    owners: dict[int, int], manager: Person, boss: Person
) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))

    Person.objects.filter(pk=manager.pk).update(is_active=False)
    obligations.tick(START)

    assert Duty.objects.get().person_id == boss.pk


def test_several_holders_of_a_post_share_the_duties(db: None) -> None:
    for name in ("a", "b"):
        person_add(username=name, name=name, post_codes=["service_representative"])
    codes = [p.username for p in Person.objects.filter(holdings__post="service_representative")]
    assert codes == ["a", "b"]
    obligations.declare(contact(owed_by="post:service_representative"))

    for customer_id in range(4):
        tell(deeds.Listed(customer_id=customer_id, at=START))

    shares = [Duty.objects.filter(person__username=name).count() for name in ("a", "b")]
    assert shares == [2, 2]


def test_the_event_may_name_the_owner(owners: dict[int, int], boss: Person) -> None:
    obligations.declare(
        contact(code="T-19", starts=deeds.InterviewEnded, owed_by=("event:person_id", "relation:customer_manager"))
    )

    tell(deeds.InterviewEnded(customer_id=7, person_id=boss.pk, at=START))

    assert Duty.objects.get().person_id == boss.pk


def test_a_new_manager_takes_over_the_running_duties(owners: dict[int, int], manager: Person) -> None:
    successor = person_add(username="next", name="新经理", post_codes=["customer_manager"])
    obligations.declare(contact(), contact(code="T-20", starts=deeds.FellAsleep, family="contact"))
    obligations.reassign_on(deeds.OwnerChanged, relation="customer_manager")
    tell(deeds.Listed(customer_id=7, at=START), deeds.Listed(customer_id=8, at=START))
    tell(deeds.FellAsleep(customer_id=7, at=START))
    due = Duty.objects.get(customer_id=7, code="T-18").due_at

    owners[7] = successor.pk
    tell(deeds.OwnerChanged(customer_id=7))

    duty = Duty.objects.get(customer_id=7, code="T-18")
    assert (duty.person_id, duty.due_at) == (successor.pk, due)
    covered = Duty.objects.get(customer_id=7, code="T-20")
    assert (covered.person_id, covered.state) == (successor.pk, DutyState.COVERED)
    assert Duty.objects.get(customer_id=8).person_id == manager.pk


def test_a_duty_handed_over_by_hand_stays_where_it_was_put(
    owners: dict[int, int], manager: Person, boss: Person
) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    colleague = person_add(username="c", name="同事", post_codes=["customer_manager"])
    duty = Duty.objects.get()

    obligations.duty_reassign(viewer_of(manager), duty.uid, person_id=colleague.pk, reason="holiday")
    owners[7] = boss.pk
    obligations.reassign([7], relation="customer_manager")

    assert Duty.objects.get().person_id == colleague.pk


def test_a_duty_whose_owner_the_event_named_does_not_move_with_the_customer(
    owners: dict[int, int], boss: Person
) -> None:
    named = person_add(username="n", name="访谈人", post_codes=["customer_manager"])
    places = ("event:person_id", "relation:customer_manager")
    obligations.declare(contact(code="T-19", starts=deeds.InterviewEnded, owed_by=places))
    tell(deeds.InterviewEnded(customer_id=7, person_id=named.pk, at=START))

    owners[7] = boss.pk
    moved = obligations.reassign([7], relation="customer_manager")

    assert (moved, Duty.objects.get().person_id) == (0, named.pk)


def test_a_duty_that_somebody_passed_on_within_the_work_does_not_move_with_the_customer(
    owners: dict[int, int], boss: Person
) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    colleague = person_add(username="c", name="同事", post_codes=["customer_manager"])

    hand_over("customer", 7, ["T-18"], colleague.pk)
    owners[7] = boss.pk
    obligations.reassign([7], relation="customer_manager")

    assert Duty.objects.get().person_id == colleague.pk


def test_only_the_owner_and_those_above_hand_a_duty_over(owners: dict[int, int], manager: Person, boss: Person) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    stranger = person_add(username="s", name="路人", post_codes=["customer_manager"])
    duty = Duty.objects.get()

    with pytest.raises(Forbidden):
        obligations.duty_reassign(viewer_of(stranger), duty.uid, person_id=stranger.pk, reason="mine!")
    with pytest.raises(Invalid):
        obligations.duty_reassign(viewer_of(boss), duty.uid, person_id=stranger.pk, reason=" ")
    with pytest.raises(Invalid):
        obligations.duty_reassign(viewer_of(boss), duty.uid, person_id=10**6, reason="who?")
    with pytest.raises(NotFound):
        obligations.duty_reassign(viewer_of(boss), duty.uid.__class__(int=1), person_id=stranger.pk, reason="x")
    obligations.duty_reassign(viewer_of(boss), duty.uid, person_id=stranger.pk, reason="busy")

    assert Duty.objects.get().person_id == stranger.pk


def test_the_owner_cannot_call_a_duty_off_but_the_superior_can(
    owners: dict[int, int], manager: Person, boss: Person
) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    duty = Duty.objects.get()

    with pytest.raises(Forbidden):
        obligations.duty_cancel(viewer_of(manager), duty.uid, reason="no time")
    obligations.duty_cancel(viewer_of(boss), duty.uid, reason="the customer is closed")

    assert Duty.objects.get().state == DutyState.CANCELLED
    with pytest.raises(DutyOver):
        obligations.duty_cancel(viewer_of(boss), duty.uid, reason="again")


def test_each_sees_their_own_and_the_superior_the_teams(owners: dict[int, int], manager: Person, boss: Person) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START), deeds.Listed(customer_id=8, at=START - dt.timedelta(hours=1)))
    other = person_add(username="o", name="别人", post_codes=["customer_manager"])
    mine, above, beside = viewer_of(manager), viewer_of(boss), viewer_of(other)

    assert [duty.customer_id for duty in obligations.duties_of(mine)] == [8, 7]
    assert not obligations.duties_of(mine, "team").exists()
    assert obligations.duties_of(above, "team").count() == 2
    assert not obligations.duties_of(above).exists()
    assert obligations.duties_open(above).count() == 2
    assert not obligations.duties_open(beside).exists()
    assert obligations.duties_of_customer(above, 7).count() == 1
    with pytest.raises(ValueError, match="mine or team"):
        obligations.duties_of(mine, "all")


def test_a_viewer_sees_the_duties_of_team_and_departments_once(owners: dict[int, int], manager: Person) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    head = department_add(name="总部")
    branch = department_add(name="销售部", parent=head)
    Person.objects.filter(pk=manager.pk).update(department=branch)
    teams = [Team.objects.create(name=name) for name in ("a", "b")]
    for team in teams:
        team.members.add(manager)

    for reach in (
        Reach(team_ids=frozenset(team.pk for team in teams)),
        Reach(department_ids=frozenset({branch.pk})),
        Reach(subtrees=frozenset({(1, branch.pk)})),
        Reach(owner_ids=frozenset({manager.pk})),
    ):
        assert obligations.duties_open(Viewer(1, "x", reach=reach)).count() == 1
    for reach in (Reach(), Reach(department_ids=frozenset({head.pk})), Reach(owner_ids=frozenset({10**6}))):
        assert obligations.duties_open(Viewer(1, "x", reach=reach)).count() == 0


def test_a_customers_duties_show_what_runs_first(owners: dict[int, int], boss: Person) -> None:
    obligations.declare(contact(), contact(code="T-19", starts=deeds.InterviewEnded, family=""))
    tell(deeds.Listed(customer_id=7, at=START))
    tell(deeds.Contacted(customer_id=7, at=START + SECOND))
    tell(deeds.InterviewEnded(customer_id=7, person_id=boss.pk, at=START + CONTACT))

    shown = obligations.duties_of_customer(viewer_of(boss), 7)

    assert [duty.code for duty in shown] == ["T-19", "T-18"]
    assert [duty.code for duty in obligations.duties_of_customer(viewer_of(boss), 7, is_running=True)] == ["T-19"]


def test_the_overdue_list_and_the_counts_of_the_home_page(owners: dict[int, int], manager: Person) -> None:
    obligations.declare(contact())
    for customer_id, start in ((1, "2026-06-01 09:00"), (2, "2026-06-02 09:00"), (3, "2026-06-02 15:00")):
        tell(deeds.Listed(customer_id=customer_id, at=at(start)))
    viewer, now = viewer_of(manager), at("2026-06-04 10:00")
    obligations.tick(now)

    counts = obligations.counts(viewer, now=now)

    assert (counts.running, counts.due_today, counts.overdue) == (3, 1, 2)
    assert counts.next_due is not None
    assert counts.next_due.customer_id == 3
    assert [duty.customer_id for duty in obligations.duties_overdue(viewer, now)] == [1, 2]


def test_a_notice_is_new_until_it_was_seen(owners: dict[int, int], manager: Person, boss: Person) -> None:
    obligations.declare(contact())
    tell(deeds.Listed(customer_id=7, at=START))
    obligations.tick(START + CONTACT + SECOND)
    viewer = viewer_of(manager)

    assert [notice.kind for notice in obligations.notices_of(viewer, is_unseen=True)] == ["breach"]
    assert obligations.notices_seen(viewer) == 1
    assert not obligations.notices_of(viewer, is_unseen=True).exists()
    assert obligations.notices_of(viewer).count() == 1
    assert DutyNotice.objects.get(person=boss).seen_at is None
