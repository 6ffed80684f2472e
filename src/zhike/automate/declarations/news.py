"""The news that a group in WeCom, DingTalk or Feishu can be given (TEAM-04, AUTO-06)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.automate.news import News, Told, add
from zhike.customers.public import customer_uid_of
from zhike.events.retain import WarningPublished
from zhike.events.serve import ComplaintReceived
from zhike.foundation.approvals.events import SignerAsked
from zhike.foundation.approvals.models import Approval
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.events import DutyBreached
from zhike.foundation.obligations.models import Duty
from zhike.foundation.reports import declare as reports
from zhike.foundation.reports.events import ReportPublished
from zhike.foundation.reports.models import Issue


def _title_of(code: str) -> str:
    known = declared().get(code)
    return str(known.title) if known is not None else code


def _breached(event: DutyBreached) -> Told | None:
    duty = Duty.objects.filter(pk=event.duty_id).first()
    if duty is None:
        return None
    link = f"/customers/{customer_uid_of(event.customer_id)}/" if event.customer_id is not None else "/tasks/"
    title = _("Overdue: %(duty)s") % {"duty": _title_of(event.code)}
    return Told(title, link, duty.due_at, event.person_id, event.customer_id)


def _warned(event: WarningPublished) -> Told:
    return Told(
        _("A customer was put on the churn warning list"), f"/warnings/{event.warning_uid}/",
        customer_id=event.customer_id,
    )  # fmt: skip


def _complained(event: ComplaintReceived) -> Told:
    return Told(
        _("Complaint %(number)s was taken in") % {"number": event.number}, f"/complaints/{event.complaint_uid}/",
        event.promised_at, customer_id=event.customer_id,
    )  # fmt: skip


def _asked(event: SignerAsked) -> Told | None:
    uid = Approval.objects.filter(pk=event.approval_id).values_list("uid", flat=True).first()
    return Told(_("An approval waits"), f"/approvals/{uid}/", event.due_at, event.person_id) if uid else None


def _published(event: ReportPublished) -> Told | None:
    uid = Issue.objects.filter(pk=event.issue_id).values_list("uid", flat=True).first()
    report = reports.find(event.report)
    if uid is None or report is None:
        return None
    return Told(_("Published: %(report)s") % {"report": report.title}, f"/reports/{uid}/")


for _event, _title, _say in (
    (DutyBreached, gettext_lazy("A duty is overdue"), _breached),
    (WarningPublished, gettext_lazy("A customer is put on the warning list"), _warned),
    (ReportPublished, gettext_lazy("A report is published, such as the churn warning list"), _published),
    (SignerAsked, gettext_lazy("An approval waits for somebody"), _asked),
    (ComplaintReceived, gettext_lazy("A complaint is taken in"), _complained),
):
    add(News(_event, _title, _say))
