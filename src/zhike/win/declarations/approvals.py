"""Who decides on a contract: legal with three opinions, from a value on the management too (WIN-11)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation import approvals
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Ask, Asked, Change, Condition, Fact, Flow, Step, Value
from zhike.foundation.kit import money
from zhike.foundation.records.brief import brief
from zhike.foundation.records.rows import locked
from zhike.win.models import Contract
from zhike.win.models.contract import ContractStatus
from zhike.win.services import review

_SHOWN = ("number", "title", "customer", "our_party", "customer_party", "value", "starts_on", "ends_on", "owner")
_LARGE = Condition("value", ("win.review", "management_value_minor"))


def _hold(viewer: Viewer, number: int) -> Contract:
    uid = Contract.objects.values_list("uid", flat=True).filter(pk=number).first()
    return locked(viewer, Contract, uid, None)  # type: ignore[arg-type]  # without a row it is not found


def _sees(viewer: Viewer, number: int) -> bool:
    return scope.visible(viewer, Contract.objects.filter(pk=number)).exists()


def _asked(contract: Contract) -> Asked:
    return Asked(
        contract.pk, contract.uid, f"{contract.number} {contract.title}", contract.updated_by_id,
        contract.customer_id, {"value": contract.value_minor},
        detail=money.full(contract.value_minor, contract.currency),
    )  # fmt: skip


def _withdraw(viewer: Viewer, contract: Contract, reason: str) -> None:
    review.contract_withdraw(viewer=viewer, uid=contract.uid, version=None, reason=reason)


def _facts(viewer: Viewer, contract: Contract) -> list[Fact]:
    """Parties, value and dates as the viewer's posts see them; then the clauses."""
    facts = [Fact(label, value) for label, value in brief(viewer, "contracts", contract.uid, _SHOWN)]
    clauses = [Fact(one.get("heading", ""), one.get("text", ""), is_long=True) for one in contract.clauses]
    return [*facts, *clauses]


def _changes(_viewer: Viewer, contract: Contract) -> list[Change]:
    """What is different from the clauses that legal saw last; nothing the first time."""
    last = contract.reviews.order_by("-at", "-id").first()
    before = contract.versions.filter(number=last.clauses_version).first() if last is not None else None
    if before is None:
        return []
    pairs = enumerate(zip_longest(before.clauses, contract.clauses, fillvalue={}), 1)
    return [
        Change(
            gettext("Clause %(number)s “%(heading)s”")
            % {"number": place, "heading": new.get("heading") or old.get("heading", "")},
            old.get("text", "–"), new.get("text", "–"),
        )
        for place, (old, new) in pairs
        if old != new
    ]  # fmt: skip


def _waiting() -> Iterable[Contract]:
    running = approvals.running_of("contract")
    return Contract.objects.filter(status=ContractStatus.REVIEW, deleted_at=None).exclude(pk__in=running)


approvals.declare(
    Flow(
        code=review.FLOW,
        title=_("Contract"),
        subject="contract",
        area=Area.DEALS,
        icon="file-certificate",
        record="contracts",
        starts=_("A contract is sent to legal review."),
        steps=(
            Step(
                code=review.STEP, title=_("Legal review"), who=("post:legal",), holding=("legal",),
                within=("win.clocks", "legal_review_days"), is_owed=False, is_fixed=True,
                asks=(
                    Ask("compliance", _("Compliance")),
                    Ask("data_security", _("Data security")),
                    Ask("intellectual_property", _("Intellectual property")),
                ),
            ),
            Step(code="management", title=_("Management decides"), who=("post:management",), when=_LARGE),
        ),
        values=(Value("value", _("Value")),),
        conditions=(_LARGE,),
        verdicts=("returned",),
        relations=("superior", "department_head", "customer_manager"),
        fallback=("post:management",),
        hold=_hold,
        sees=_sees,
        row=lambda number: Contract.objects.select_related("customer").filter(pk=number).first(),
        asked=_asked,
        decided=review.contract_decided,
        authors=review.authors_of,
        link=lambda contract: f"/contracts/{contract.uid}/",
        withdraw=_withdraw,
        waiting=_waiting,
        facts=_facts,
        changes=_changes,
    )
)  # fmt: skip
