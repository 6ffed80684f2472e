"""Deputies sign besides those who are away: asked when the days begin, released when they end."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from django.db import transaction

from zhike.foundation.access import deputies
from zhike.foundation.access.models import Deputyship
from zhike.foundation.access.viewer import system
from zhike.foundation.approvals import stepping
from zhike.foundation.approvals.models import ApprovalSigner
from zhike.foundation.approvals.models import SignerState as Signed
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal


def ask_deputies(person_ids: Collection[int] | None = None) -> int:
    """Ask the deputies of who is away today in what waits for them; of these people, or of all. Says how many."""
    away = Deputyship.objects.filter(deputies.on(clock.today())).values_list("person_id", flat=True)
    people = set(away) if person_ids is None else set(away) & set(person_ids)
    rows = ApprovalSigner.objects.filter(person__in=people, state=Signed.OPEN).order_by("approval_id")
    by, asked = system("a deputy stands in"), 0
    for uid in list(rows.values_list("approval__uid", flat=True).distinct()):
        with suppress(Refusal), transaction.atomic():
            approval, flow, row = stepping.held(by, uid, None)
            _verdict, step = stepping.current(approval)
            asked += stepping.ask_deputies(approval, flow, row, step) if step is not None else 0
    return asked


def release_deputies() -> int:
    """Ask no deputy any more whose days are over; who is away is still asked. Says how many."""
    today = Deputyship.objects.filter(deputies.on(clock.today()))
    here = set(today.values_list("deputy_id", "person_id"))
    rows = ApprovalSigner.objects.filter(stands_in_for__isnull=False, state__in=[Signed.OPEN, Signed.WAITING])
    over = [(uid, pk) for uid, pk, *pair in rows.values_list("approval__uid", "pk", "person_id", "stands_in_for_id")
            if tuple(pair) not in here]  # fmt: skip
    by, released = system("a deputyship is over"), 0
    for uid, pk in over:
        with suppress(Refusal), transaction.atomic():
            approval, _flow, _row = stepping.held(by, uid, None)
            for signer in approval.signers.filter(pk=pk, state__in=[Signed.OPEN, Signed.WAITING]):
                stepping.release(approval, signer)
                released += 1
    return released
