"""Legal review and signature (WIN-10, WIN-11): no vague terms into the review, no signature before it has passed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from zhike.customers.public import contact_cards, cooperation_begin
from zhike.events.win import ContractReviewed, ContractSigned, ContractSubmitted, ContractWithdrawn
from zhike.foundation import approvals, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.obligations import gate, require_open
from zhike.foundation.records.rows import locked, saved
from zhike.win import words
from zhike.win.models import ClausesVersion, Contract, Review
from zhike.win.models.contract import Authority, ContractStatus
from zhike.win.rules.contract import missing_for_review, missing_for_signing
from zhike.win.rules.vague import Finding, findings
from zhike.win.services.contract import facts_of
from zhike.win.services.opportunity import opportunity_win
from zhike.win.services.sellers import require_seller

OPINIONS = ("compliance", "data_security", "intellectual_property")
FLOW, STEP = "contract", "legal"  # see declarations/approvals.py


class NotInReview(Refusal):
    """The contract does not lie with legal."""

    code = "not_in_review"
    sentence = _("This contract is not in legal review. Reload the page to see where it stands.")


@gate("WIN-10", title=gettext_lazy("Legal review of a contract"))
def _review_gate(*, contract: Contract, language: str) -> list[str]:
    missing = missing_for_review(
        status=contract.status,
        clauses=contract.clauses,
        has_end=contract.ends_on is not None,
        has_value=contract.value_minor > 0,
        has_parties=bool(contract.our_party and contract.customer_party),
        vague=[],
    )
    return [words.CONTRACT[code] for code in missing] + [told(one, language) for one in findings(contract.clauses)]


@gate("B-31", title=gettext_lazy("Signature of a contract"))
def _signing_gate(*, contract: Contract, **given: bool) -> list[str]:
    return [words.CONTRACT[code] for code in missing_for_signing(status=contract.status, **given)]


def told(finding: Finding, language: str) -> str:
    """A vague wording with its clause, its words and what mends it."""
    return gettext("Clause %(number)s “%(heading)s”: “%(words)s” is vague. %(remedy)s.") % {
        "number": finding.clause + 1,
        "heading": finding.heading,
        "words": finding.words,
        "remedy": finding.term.remedy.said_in(language),
    }


@transaction.atomic
def contract_submit(*, viewer: Viewer, uid: UUID, version: int) -> Contract:
    """Send a draft to legal: the clock of the review runs from now.

    Raises: Forbidden, NotFound, Stale, GateClosed (names what is missing and every vague wording).
    """
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    require_open("WIN-10", contract=contract, language=viewer.language)
    contract.status = ContractStatus.REVIEW
    saved(viewer, contract, "contract.submit", clauses_version=contract.clauses_version)
    outbox.publish(ContractSubmitted(**facts_of(contract, viewer), clauses_version=contract.clauses_version))
    approvals.start(viewer=viewer, flow=FLOW, row=contract)
    return contract


@transaction.atomic
def contract_withdraw(*, viewer: Viewer, uid: UUID, version: int | None, reason: str = "") -> Contract:
    """Take a contract back from legal to change it. Raises: Forbidden, NotFound, Stale, NotInReview."""
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    if contract.status != ContractStatus.REVIEW:
        raise NotInReview(status=contract.status)
    contract.status = ContractStatus.DRAFT
    saved(viewer, contract, "contract.withdraw", reason=reason)
    outbox.publish(ContractWithdrawn(**facts_of(contract, viewer)))
    approvals.call_off(viewer=viewer, kind="contract", subject_id=contract.pk, reason=reason, state="withdrawn")
    return contract


@transaction.atomic
def contract_approve(*, viewer: Viewer, uid: UUID, version: int, **opinions: str) -> Contract:
    """Let the contract be signed; the three opinions are required.

    Raises: Forbidden, OwnWork (who wrote or sent it), NotFound, Stale, NotInReview, Invalid.
    """
    contract, approval = _to_decide(viewer, uid, version)
    approvals.approve(viewer=viewer, uid=approval, answers=opinions)
    contract.refresh_from_db()
    return contract


@transaction.atomic
def contract_return(*, viewer: Viewer, uid: UUID, version: int, reason: str, **opinions: str) -> Contract:
    """Send the contract back with the three opinions and a reason. Raises: as :func:`contract_approve`."""
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    contract, approval = _to_decide(viewer, uid, version)
    approvals.send_back(viewer=viewer, uid=approval, words=reason, answers=opinions)
    contract.refresh_from_db()
    return contract


@transaction.atomic
def contract_sign(
    *, viewer: Viewer, uid: UUID, version: int, signer: str, authority: str, authority_reference: str,
    signed_on: dt.date, is_sealed: bool,
) -> Contract:  # fmt: skip
    """Record signature and seal by the customer's authorised person, with the proof of authority.

    The deal it closes is won, the cooperation begins, onboarding is told.
    Raises: Forbidden, NotFound, Stale, Invalid, GateClosed (legal has not approved, or a proof is missing).
    """
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    cards = {str(card.uid): card for card in contact_cards(contract.customer_id)}
    is_person = contract.customer.kind == "person"
    require_open(
        "B-31", contract=contract, has_signer=signer in cards or is_person, has_authority=authority in Authority.values,
        has_reference=bool((authority_reference or "").strip()), is_sealed=bool(is_sealed),
    )  # fmt: skip
    if signed_on > clock.today():
        raise Invalid(fields={"signed_on": "in_future"})
    if authority == Authority.IN_PERSON and not is_person:
        raise Invalid(fields={"authority": _("A firm is bound by somebody with authority: choose by what.")})
    contract.signer_id = cards[signer].id if signer in cards else None
    contract.authority, contract.authority_reference = authority, authority_reference.strip()
    contract.signed_on, contract.is_sealed = signed_on, True
    begun = contract.starts_on <= clock.today()
    contract.status = ContractStatus.ACTIVE if begun else ContractStatus.SIGNED
    saved(viewer, contract, "contract.sign", signed_on=signed_on, authority=authority, signer_id=contract.signer_id)
    _tell_signed(viewer, contract, signed_on)
    return contract


def _tell_signed(viewer: Viewer, contract: Contract, signed_on: dt.date) -> None:
    cooperation_begin(viewer=viewer, customer_id=contract.customer_id, on=signed_on)
    if contract.opportunity_id is not None:
        opportunity_win(viewer=viewer, opportunity_id=contract.opportunity_id, contract_id=contract.pk)
    outbox.publish(
        ContractSigned(
            **facts_of(contract, viewer),
            opportunity_id=contract.opportunity_id,
            value_minor=contract.value_minor,
            currency=contract.currency,
            signed_on=signed_on,
        )
    )


def authors_of(contract: Contract) -> set[int | None]:
    """Who had a hand in a contract that lies with legal: its owner, who began it, wrote clauses, or sent it."""
    wrote = ClausesVersion.objects.filter(contract=contract).values_list("by_id", flat=True)
    return {contract.owner_id, contract.created_by_id, contract.updated_by_id, *wrote}


def _to_decide(viewer: Viewer, uid: UUID, version: int) -> tuple[Contract, UUID]:
    """The contract in review, locked, and the approval that runs about it."""
    viewer.require(Area.DEALS, Level.APPROVE)
    contract = locked(viewer, Contract, uid, version)
    if contract.status != ContractStatus.REVIEW:
        raise NotInReview(status=contract.status)
    return contract, approvals.running_or_start(viewer=viewer, flow=FLOW, row=contract).uid


def contract_decided(viewer: Viewer, contract: Contract, outcome: approvals.Outcome) -> None:
    """What the approval came to: the opinions stand beside the clauses, and the contract goes on or back.

    Called by the approval alone, with the contract locked.
    """
    said = [one for one in outcome.said if one.step == STEP] or list(outcome.said)
    status = ContractStatus.APPROVED if outcome.verdict == "approved" else ContractStatus.RETURNED
    reason = outcome.words if status == ContractStatus.RETURNED else ""
    Review.objects.create(
        contract=contract, clauses_version=contract.clauses_version, outcome=str(status), reason=reason[:400],
        by_id=said[-1].person_id, **{name: outcome.answers.get(name, "") for name in OPINIONS},
    )  # fmt: skip
    contract.status = status
    saved(viewer, contract, "contract.review", reason=reason, outcome=str(status))
    outbox.publish(ContractReviewed(**facts_of(contract, viewer), outcome=str(status), reason=reason[:200]))
