"""The flow of changed parameters: IT proposes, management decides (PLAT-10). Policies stand below approvals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation import approvals, policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Asked, Change, Fact, Flow, Outcome, Step
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.policies import services as store
from zhike.foundation.policies.declare import declared, rules_of
from zhike.foundation.policies.load import entries
from zhike.foundation.policies.models import TEMPLATE_KEY, PolicyProposal, ProposalState
from zhike.foundation.policies.templates import Selection

CODE = "parameter"
SUBJECT = "policy_proposal"


def _hold(viewer: Viewer, number: int) -> PolicyProposal:
    if not _sees(viewer, number):
        raise NotFound(proposal=str(number))
    found = PolicyProposal.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise NotFound(proposal=str(number))
    return found


def _sees(viewer: Viewer, _number: int) -> bool:
    return viewer.may(Area.SETTINGS, Level.BASIC)


def _title(key: str, language: str) -> str:
    if key == TEMPLATE_KEY:
        return gettext("Industry template")
    entry = entries(key.split(".")[0]).get(key)
    return entry.title.said_in(language) if entry is not None else key


def _asked(proposal: PolicyProposal) -> Asked:
    return Asked(proposal.pk, proposal.uid, proposal.key, proposal.proposed_by_id, detail=proposal.reason)


def _decided(viewer: Viewer, proposal: PolicyProposal, outcome: Outcome) -> None:
    if outcome.verdict == "approved":
        store.proposal_approve(viewer, proposal.uid, reason=outcome.words)
    else:
        store.proposal_reject(viewer, proposal.uid, reason=outcome.words)


def _facts(viewer: Viewer, proposal: PolicyProposal) -> list[Fact]:
    from_day = proposal.effective_from
    facts = [
        Fact(_("Parameter"), _title(proposal.key, viewer.language)),
        Fact(_("Takes effect"), f"{clock.local(from_day):%Y-%m-%d %H:%M}" if from_day else _("as soon as approved")),
        Fact(_("Reason"), proposal.reason, is_long=True),
    ]
    if proposal.source:
        facts.append(Fact(_("Source"), proposal.source))
    if proposal.state == ProposalState.PROPOSED and (proposal.action == "set" or proposal.key == TEMPLATE_KEY):
        effects = policies.preview_kept(viewer, proposal.key, proposal.value)
        facts += [Fact(_("Effect"), effect.sentence, is_long=True) for effect in effects]
    return facts


def _changes(viewer: Viewer, proposal: PolicyProposal) -> list[Change]:
    if proposal.state != ProposalState.PROPOSED:
        return []
    before: Any = store.value_now(proposal.key) if _is_known(proposal.key) else "–"
    after = proposal.value
    if proposal.key == TEMPLATE_KEY:
        after = Selection.read(proposal.value).template
    elif proposal.action != "set":
        after = entries(proposal.key.split(".")[0])[proposal.key].value
    return [Change(_title(proposal.key, viewer.language), _plain(before), _plain(after))]


def _is_known(key: str) -> bool:
    policy_name, _dot, field = key.rpartition(".")
    return key == TEMPLATE_KEY or (policy_name in declared() and field in rules_of(declared()[policy_name]))


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return f"{value:,g}" if isinstance(value, int | float) else str(value)


def _waiting() -> Iterable[PolicyProposal]:
    rows = PolicyProposal.objects.filter(state=ProposalState.PROPOSED)
    return rows.exclude(pk__in=approvals.running_of(SUBJECT))


def _proposed(viewer: Viewer, proposal: PolicyProposal) -> None:
    """A proposal asks for its decision in the transaction in which it is made."""
    approvals.start(viewer=viewer, flow=CODE, row=proposal)


def _decided_elsewhere(viewer: Viewer, proposal: PolicyProposal) -> None:
    """Who decides by the service itself ends the approval with the same word; decided here, it has ended already."""
    approvals.call_off(
        viewer=viewer, kind=SUBJECT, subject_id=proposal.pk, reason=proposal.decision_reason, state=proposal.state
    )


approvals.declare(
    Flow(
        code=CODE,
        title=_("Change of a parameter"),
        subject=SUBJECT,
        area=Area.SETTINGS,
        icon="adjustments",
        starts=_("IT proposes a change of a parameter or of the industry template."),
        steps=(
            Step(
                code="management", title=_("Management decides"), who=("post:management",),
                within=("approvals.standard", "parameter_days"), is_fixed=True,
            ),
        ),
        verdicts=("rejected",),
        hold=_hold,
        sees=_sees,
        row=lambda number: PolicyProposal.objects.filter(pk=number).first(),
        asked=_asked,
        decided=_decided,
        authors=lambda proposal: {proposal.proposed_by_id},
        link=lambda proposal: "/policies/" if proposal.key == TEMPLATE_KEY else f"/policies/{proposal.key}/",
        named=_title,
        waiting=_waiting,
        facts=_facts,
        changes=_changes,
    )
)  # fmt: skip
store.proposed.append(_proposed)
store.decided.append(_decided_elsewhere)
