"""Reads of the service desk. The first argument is the viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from zhike.customers.public import CustomerCard, cards_of
from zhike.foundation import obligations, search
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import RUNNING, Duty, DutyState
from zhike.foundation.policies import current
from zhike.serve.models import Article, Complaint, Ticket, TicketMessage
from zhike.serve.models.article import ArticleState
from zhike.serve.models.complaint import OVER_STATES
from zhike.serve.models.ticket import OPEN_STATES
from zhike.serve.policy import DeskPolicy
from zhike.serve.rules.likeness import most_alike, pieces_of
from zhike.serve.services.article import KIND, texts_of

# The four clocks of a ticket, in the order in which they are drawn (K5).
FOUR = ("B-02", "B-03", "B-04", "B-09")
WHICH = ("all", "mine", "new", "late")
_PIECES, _ALIKE, _DUTIES = 8, 5, 1_000
_FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Waiting:
    """A ticket or complaint that waits, its clocks in the order of :data:`FOUR`; None where one does not apply."""

    kind: str
    row: Ticket | Complaint
    customer: CustomerCard | None
    clocks: Sequence[Duty | None]
    due_at: dt.datetime | None

    @property
    def subject(self) -> str:
        return self.row.subject if isinstance(self.row, Ticket) else self.row.content[:80]

    @property
    def received_at(self) -> dt.datetime:
        return self.row.opened_at if isinstance(self.row, Ticket) else self.row.received_at


def queue(viewer: Viewer, which: str = "all") -> list[Waiting]:
    """What waits for somebody, the nearest clock first, then what has none, the newest first. Raises: Forbidden."""
    viewer.require(Area.TICKETS, Level.BASIC)
    most = current().get(DeskPolicy).rows
    found = _waiting(viewer, "ticket", _tickets(viewer, which), "-opened_at", which, most)
    if viewer.may(Area.COMPLAINTS, Level.BASIC) and which != "new":
        found += _waiting(viewer, "complaint", _complaints(viewer, which), "-received_at", which, most)
    found.sort(key=lambda one: (one.due_at or _FAR, -one.received_at.timestamp()))
    cards = cards_of(viewer, {one.row.customer_id for one in found[:most]})
    return [Waiting(one.kind, one.row, cards.get(one.row.customer_id), one.clocks, one.due_at) for one in found[:most]]


def _waiting(viewer: Viewer, kind: str, rows: QuerySet[Any], newest: str, which: str, most: int) -> list[Waiting]:
    due = _next_due(kind, is_late=which == "late")
    clocked = list(rows.filter(pk__in=due))
    rest = [] if which == "late" else list(rows.exclude(pk__in=due).order_by(newest, "-id")[:most])
    clocks = obligations.clocks_of(kind, [row.pk for row in (*clocked, *rest)])
    return [Waiting(kind, row, None, four(clocks.get(row.pk, ())), due.get(row.pk)) for row in (*clocked, *rest)]


def _next_due(kind: str, *, is_late: bool) -> dict[int, dt.datetime]:
    """When the next clock of each ticket or complaint ends, for those whose clocks run."""
    running = Duty.objects.filter(subject_kind=kind, state__in=[DutyState.BREACHED] if is_late else RUNNING)
    rows = running.order_by("due_at", "id").values_list("subject_id", "due_at")[:_DUTIES]
    return dict(reversed(list(rows)))


def _tickets(viewer: Viewer, which: str) -> QuerySet[Ticket]:
    rows = scope.visible(viewer, Ticket.objects.filter(state__in=OPEN_STATES))
    if which == "new":
        return rows.filter(state="new")
    if which == "mine":
        return rows.filter(Q(handler=viewer.person_id) | Q(first_contact=viewer.person_id, awaits_answer=True))
    return rows


def _complaints(viewer: Viewer, which: str) -> QuerySet[Complaint]:
    rows = scope.visible(viewer, Complaint.objects.exclude(state__in=OVER_STATES))
    if which == "mine":
        return rows.filter(Q(handler=viewer.person_id) | Q(owner=viewer.person_id))
    return rows


def four(duties: Iterable[Duty]) -> list[Duty | None]:
    """The newest clock of each of the four, so that a ticket that was reopened shows the clock that runs."""
    by_code = {duty.code: duty for duty in duties}
    return [by_code.get(code) for code in FOUR]


def ticket_get(viewer: Viewer, uid: UUID) -> Ticket:
    """The ticket with the people on it. Raises: Forbidden, NotFound."""
    viewer.require(Area.TICKETS, Level.BASIC)
    return scope.one(viewer, Ticket.objects.select_related("first_contact", "handler", "article", "contact"), uid=uid)


def conversation_of(viewer: Viewer, ticket: Ticket) -> list[TicketMessage]:
    """The messages of a ticket already seen, the oldest first."""
    viewer.require(Area.TICKETS, Level.BASIC)
    return list(ticket.messages.select_related("person").order_by("id"))


def open_of_customer(viewer: Viewer, customer_id: int) -> tuple[list[Ticket], list[Complaint]]:
    """Open tickets and, where the posts include them, open complaints of a customer."""
    tickets = scope.visible(viewer, Ticket.objects.filter(customer_id=customer_id, state__in=OPEN_STATES))
    complaints: list[Complaint] = []
    if viewer.may(Area.COMPLAINTS, Level.BASIC):
        rows = scope.visible(viewer, Complaint.objects.filter(customer_id=customer_id).exclude(state__in=OVER_STATES))
        complaints = list(rows.order_by("-received_at")[:10])
    return list(tickets.order_by("-opened_at")[:10]), complaints


def articles_alike(viewer: Viewer, ticket: Ticket) -> list[Article]:
    """Published articles about problems like this ticket's, the likest first."""
    viewer.require(Area.TICKETS, Level.BASIC)
    hits = [search.candidates(KIND, piece).first(_published(), 0, 50) for piece in pieces_of(ticket.subject, _PIECES)]
    return _in_order(most_alike(hits, _ALIKE))


def articles_found(viewer: Viewer, words: str) -> list[Article]:
    """Published articles that the words find."""
    viewer.require(Area.TICKETS, Level.BASIC)
    found = _in_order(search.candidates(KIND, words[:100]).first(_published(), 0, 4 * _ALIKE))
    return [one for one in found if search.matches(list(texts_of(one)), words)][:_ALIKE]


def _published() -> QuerySet[Article]:
    return Article.objects.filter(state=ArticleState.PUBLISHED, deleted_at=None).order_by("-used_count", "-id")


def _in_order(numbers: Sequence[int]) -> list[Article]:
    found = Article.objects.in_bulk(numbers)
    return [found[pk] for pk in numbers if pk in found]


@dataclass(frozen=True)
class Counts:
    """What the home page counts for those who serve customers."""

    to_classify: int
    answerable: int
    to_solve: int
    drafts: int
    late: int


def counts(viewer: Viewer) -> Counts:
    """Numbers whose lists stand one click away."""
    rows = scope.visible(viewer, Ticket.objects.filter(state__in=OPEN_STATES))
    me = viewer.person_id
    late = Duty.objects.filter(subject_kind="ticket", state=DutyState.BREACHED).values("subject_id")
    return Counts(
        to_classify=rows.filter(state="new").count(),
        answerable=rows.filter(first_contact=me, awaits_answer=True).count(),
        to_solve=rows.filter(handler=me, ticket_class="technical").count(),
        drafts=Article.objects.filter(owner=me, state=ArticleState.DRAFT, deleted_at=None).count(),
        late=rows.filter(pk__in=late).count(),
    )


def complaints_to_dispatch(viewer: Viewer) -> int:
    """How many complaints nobody answers for yet; nothing for posts without complaints."""
    if not viewer.may(Area.COMPLAINTS, Level.BASIC):
        return 0
    return scope.visible(viewer, Complaint.objects.filter(state="received")).count()


def to_solve(viewer: Viewer, most: int = 5) -> list[Waiting]:
    """The viewer's technical tickets, the nearest clock first."""
    rows = scope.visible(
        viewer, Ticket.objects.filter(state__in=OPEN_STATES, handler=viewer.person_id, ticket_class="technical")
    )
    found = list(rows.order_by("opened_at")[:50])
    clocks = obligations.clocks_of("ticket", [row.pk for row in found])
    cards = cards_of(viewer, {row.customer_id for row in found})
    waiting = []
    for row in found:
        drawn = four(clocks.get(row.pk, ()))
        running = [duty.due_at for duty in drawn if duty is not None and duty.state in RUNNING]
        waiting.append(Waiting("ticket", row, cards.get(row.customer_id), drawn, min(running, default=None)))
    return sorted(waiting, key=lambda one: one.due_at or _FAR)[:most]


def window_start() -> dt.datetime:
    """Since when the monitor counts."""
    return clock.now() - dt.timedelta(days=current().get(DeskPolicy).window_days)
