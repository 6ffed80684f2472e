"""Two and twenty who decide at the same moment: one decides, the others read that somebody was faster."""

from __future__ import annotations

import pytest

from zhike.acquire.tests.test_two_at_once import together
from zhike.customers.tests.office import Office
from zhike.foundation import approvals
from zhike.foundation.access.people import person_add, viewer_of
from zhike.foundation.approvals.models import Approval
from zhike.foundation.approvals.refusing import DecidedBefore
from zhike.foundation.approvals.tests.asking import a_waiting
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.ui import refusals
from zhike.win.models import Review
from zhike.win.services.contract import contract_cancel
from zhike.win.tests.deals import OPINIONS

THREADS = 20


@pytest.mark.parametrize("count", [2, THREADS])
def test_of_all_who_decide_at_once_one_decides_and_the_others_read_why(committed: Office, count: int) -> None:
    legal = [
        person_add(
            username=f"legal-{n}", name=f"法务{n}", post_codes=["legal"], department=committed.departments["root"],
            superior=committed.people["boss"],
        )
        for n in range(count)
    ]  # fmt: skip
    _contract, approval = a_waiting(committed)
    viewers = [viewer_of(person) for person in legal]

    def decide(n: int) -> Approval:
        if n % 2:
            return approvals.approve(viewer=viewers[n], uid=approval.uid, answers=OPINIONS)
        return approvals.send_back(viewer=viewers[n], uid=approval.uid, words="补充", answers=OPINIONS)

    outcomes = together(*((lambda n=n: decide(n)) for n in range(count)))

    won = [one for one in outcomes if isinstance(one, Approval)]
    lost = [one for one in outcomes if isinstance(one, Refusal)]
    assert (len(won), len(lost)) == (1, count - 1), outcomes
    assert {type(one) for one in lost} == {DecidedBefore}
    assert "faster" in refusals.sentence(lost[0]) or "先一步" in refusals.sentence(lost[0])
    assert Review.objects.count() == 1
    approval.refresh_from_db()
    assert approval.signers.filter(acted_at__isnull=False).count() == 1


def test_a_contract_is_cancelled_while_legal_decides(committed: Office) -> None:
    contract, approval = a_waiting(committed)
    legal, seller = committed.viewer("legal"), committed.viewer("seller one")

    outcomes = together(
        lambda: approvals.approve(viewer=legal, uid=approval.uid, answers=OPINIONS),
        lambda: contract_cancel(viewer=seller, uid=contract.uid, version=contract.version, reason="客户取消"),
    )

    assert sum(isinstance(one, Refusal) for one in outcomes) == 1, outcomes
    contract.refresh_from_db()
    approval.refresh_from_db()
    assert (contract.status, approval.state) in {("approved", "approved"), ("cancelled", "called_off")}
