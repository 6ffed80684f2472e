"""Cases of section D4 of the requirements, word for word, through declarations as the rooms write them."""

import pytest

from zhike.foundation import obligations
from zhike.foundation.kit import clock
from zhike.foundation.obligations import Obligation
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.obligations.tests.conftest import at, tell
from zhike.foundation.obligations.tests.deeds import TestClocks

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-08", proof="rule")]


@pytest.mark.parametrize(("classified", "is_breach"), [("2026-06-01 10:00", False), ("2026-06-01 10:01", True)])
def test_d4_5_ticket_at_09_00_classified_10_00_in_time_10_01_breach(
    owners: dict[int, int], classified: str, is_breach: bool
) -> None:
    obligations.declare(
        Obligation(
            code="T-02", title="class", starts=deeds.TicketReceived, fulfils=deeds.TicketClassified,
            within=(TestClocks, "classify_hours"), subject="ticket", owed_by="relation:customer_manager",
        )
    )  # fmt: skip

    tell(deeds.TicketReceived(ticket_id=1, customer_id=7, at=at("2026-06-01 09:00")))
    tell(deeds.TicketClassified(ticket_id=1, customer_id=7, at=at(classified)))

    duty = Duty.objects.get()
    assert duty.state == DutyState.FULFILLED
    assert duty.is_late is is_breach
    assert (duty.breached_at is not None) is is_breach


def test_d4_6_on_the_list_mon_09_00_interview_ends_tue_15_00_contact_due_wed_09_00_plan_due_wed_15_00(
    owners: dict[int, int],
) -> None:
    owed_by = "relation:customer_manager"
    obligations.declare(
        Obligation(
            code="T-18", title="contact", starts=deeds.Listed, fulfils=deeds.Contacted,
            within=(TestClocks, "contact_hours"), owed_by=owed_by,
        ),
        Obligation(
            code="T-19", title="plan", starts=deeds.InterviewEnded, fulfils=deeds.PlanMade,
            within=(TestClocks, "plan_hours"), owed_by=owed_by,
        ),
    )  # fmt: skip

    tell(deeds.Listed(customer_id=7, at=at("2026-06-01 09:00")))
    tell(deeds.InterviewEnded(customer_id=7, person_id=1, at=at("2026-06-02 15:00")))

    assert Duty.objects.get(code="T-18").due_at == at("2026-06-03 09:00")
    assert Duty.objects.get(code="T-19").due_at == at("2026-06-03 15:00")


def test_d4_7_problem_solved_on_the_3rd_10_00_knowledge_case_due_the_5th_10_00(owners: dict[int, int]) -> None:
    obligations.declare(
        Obligation(
            code="T-05", title="knowledge case", starts=deeds.ProblemSolved,
            within=(TestClocks, "knowledge_hours"), owed_by="relation:customer_manager",
        )
    )  # fmt: skip

    tell(deeds.ProblemSolved(customer_id=7, at=at("2026-06-03 10:00")))

    assert Duty.objects.get().due_at == at("2026-06-05 10:00")


def test_d4_8_campaign_ends_30_june_report_due_7_july(it_team: object) -> None:
    obligations.declare(
        Obligation(
            code="T-17", title="report", starts=deeds.CampaignEnded, within=(TestClocks, "campaign_days"),
            subject="campaign", owed_by="post:it_team", began=lambda happened: happened.on,
        )
    )  # fmt: skip

    tell(deeds.CampaignEnded(campaign_id=3, on=at("2026-06-30 00:00").date(), at=at("2026-06-30 18:00")))

    assert clock.local(Duty.objects.get().due_at).date() == at("2026-07-07 00:00").date()


def test_d4_9_solution_requested_1_march_prototype_due_31_march(owners: dict[int, int]) -> None:
    obligations.declare(
        Obligation(
            code="T-16", title="prototype", starts=deeds.PrototypeAsked, within=(TestClocks, "prototype_days"),
            owed_by="relation:customer_manager", began=lambda happened: happened.on,
        )
    )  # fmt: skip

    tell(deeds.PrototypeAsked(customer_id=7, on=at("2026-03-01 00:00").date(), at=at("2026-03-01 11:00")))

    assert clock.local(Duty.objects.get().due_at).date() == at("2026-03-31 00:00").date()


def test_d4_12_stage_reached_15_july_contact_due_14_august(owners: dict[int, int]) -> None:
    obligations.declare(
        Obligation(
            code="T-20", title="first contact", starts=deeds.FellAsleep, fulfils=deeds.Contacted,
            within=(TestClocks, "first_contact_days"), owed_by="relation:customer_manager",
        )
    )  # fmt: skip

    tell(deeds.FellAsleep(customer_id=7, at=at("2026-07-15 03:00")))

    assert clock.local(Duty.objects.get().due_at).date() == at("2026-08-14 00:00").date()
