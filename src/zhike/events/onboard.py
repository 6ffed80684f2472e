"""What the onboard room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("onboard.ProjectOpened")
class ProjectOpened(Event):
    """A contract was signed and its delivery begins: the service team and the plan are to be formed."""

    customer_id: int
    project_id: int
    project_uid: str
    contract_id: int
    sales_lead_id: int | None


@event("onboard.ServiceTeamFormed")
class ServiceTeamFormed(Event):
    """Sales lead, implementation manager and service representative were named."""

    customer_id: int
    project_id: int
    project_uid: str
    sales_lead_id: int
    implementation_manager_id: int
    service_representative_id: int
    person_id: int | None


@event("onboard.ProjectPlanned")
class ProjectPlanned(Event):
    """Service team and plan with milestones stand: delivery goes on."""

    customer_id: int
    project_id: int
    project_uid: str
    milestones: int
    person_id: int | None


@event("onboard.MilestoneReached")
class MilestoneReached(Event):
    """A milestone was delivered, in time or late."""

    customer_id: int
    project_id: int
    project_uid: str
    milestone_id: int
    due_on: dt.date
    done_on: dt.date
    person_id: int | None


@event("onboard.MilestoneLate")
class MilestoneLate(Event):
    """The day of a milestone has passed without its delivery."""

    customer_id: int
    project_id: int
    project_uid: str
    milestone_id: int
    due_on: dt.date


@event("onboard.AcceptancePrepared")
class AcceptancePrepared(Event):
    """The customer has criteria and a test environment."""

    customer_id: int
    project_id: int
    project_uid: str
    person_id: int | None


@event("onboard.AcceptanceCommented")
class AcceptanceCommented(Event):
    """Somebody of the customer wrote in the portal about what is to be accepted."""

    customer_id: int
    project_id: int
    project_uid: str
    comment_id: int
    round: int


@event("onboard.AcceptanceFailed")
class AcceptanceFailed(Event):
    """The customer tested and did not accept: rectify and test again. In the portal nobody of staff was involved."""

    customer_id: int
    project_id: int
    project_uid: str
    round: int
    implementation_manager_id: int | None
    person_id: int | None
    is_in_portal: bool = False


@event("onboard.AcceptanceRectified")
class AcceptanceRectified(Event):
    """What the customer complained of was mended; it can be tested again."""

    customer_id: int
    project_id: int
    project_uid: str
    round: int
    person_id: int | None


@event("onboard.AcceptancePassed")
class AcceptancePassed(Event):
    """The customer accepted and signed: the customer is to be handed over."""

    customer_id: int
    project_id: int
    project_uid: str
    round: int
    accepted_on: dt.date
    person_id: int | None
    is_in_portal: bool = False


@event("onboard.ProjectEnded")
class ProjectEnded(Event):
    """The contract ended before the hand-over: nothing more is delivered under it."""

    customer_id: int
    project_id: int
    project_uid: str
    contract_id: int
    reason: str
    person_id: int | None


@event("onboard.HandOverOffered")
class HandOverOffered(Event):
    """Somebody was asked to take the customer over."""

    customer_id: int
    project_id: int
    hand_over_id: int
    hand_over_uid: str
    receiver_id: int
    person_id: int | None


@event("onboard.HandOverDeclined")
class HandOverDeclined(Event):
    """The receiver did not take the customer over, for a reason."""

    customer_id: int
    project_id: int
    hand_over_id: int
    hand_over_uid: str
    reason: str
    person_id: int | None


@event("onboard.HandOverWithdrawn")
class HandOverWithdrawn(Event):
    """Those who hand over took their offer back, for a reason; somebody else can be asked."""

    customer_id: int
    project_id: int
    hand_over_id: int
    hand_over_uid: str
    reason: str
    person_id: int | None


@event("onboard.HandOverAccepted")
class HandOverAccepted(Event):
    """The receiver owns the customer from now on."""

    customer_id: int
    project_id: int
    hand_over_id: int
    hand_over_uid: str
    receiver_id: int
    person_id: int | None
