"""Reminding customer and owner that a contract is to be renewed (AUTO-02, B-25)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Coalesce

from zhike.correspond.public import About, queued, template_in_use, was_said, whom_to_write
from zhike.customers.public import addressees, managers_of
from zhike.foundation import messages
from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.win.models import Contract
from zhike.win.models.contract import IN_FORCE
from zhike.win.policy import RenewalPolicy
from zhike.win.rules.renewal import step_due, steps_of

REMINDER = system("a contract is to be renewed")


def renewals_remind(today: dt.date | None = None) -> int:
    """Remind of every renewal whose day has come; says of how many. Each reminder is given once, whatever happens."""
    day = today or clock.today()
    policy = current().get(RenewalPolicy)
    reminded = 0
    for number, renewal_on in _near(day, policy):
        step = step_due(renewal_on, day, policy)
        if step is not None:
            reminded += _remind(number, renewal_on, (renewal_on - day).days, step)
    return reminded


def _near(day: dt.date, policy: RenewalPolicy) -> list[tuple[int, dt.date]]:
    """Contracts in force whose renewal is within reach of the first reminder. Samples remind nobody."""
    rows = Contract.objects.filter(status__in=IN_FORCE, deleted_at=None, customer__deleted_at=None)
    rows = rows.exclude(origin=Origin.SAMPLE).annotate(renewal=Coalesce("renewal_on", "ends_on"))
    near = rows.filter(renewal__gte=day, renewal__lte=day + dt.timedelta(days=steps_of(policy)[0]))
    return list(near.order_by("renewal", "pk").values_list("pk", "renewal"))


@transaction.atomic
def _remind(number: int, renewal_on: dt.date, days: int, step: int) -> bool:
    """Write to the customer and tell the owner, unless this reminder was given; False if it was."""
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=number)
    key = f"renewal:{contract.uid.hex}:{renewal_on:%Y%m%d}:{step}"
    if was_said(key):
        return False
    whom = (contract.customer_id, whom_to_write(contract.customer_id))
    card = addressees([whom]).get(whom)
    template = template_in_use("renewal", card.language) if card is not None else None
    if template is not None:
        queued(
            viewer=REMINDER, customer_id=contract.customer_id, contact_id=whom[1],
            subject=template.subject, body=template.body, purpose=template.purpose, template=template,
            about=About("contracts", contract.uid, contract.number), is_automatic=True, key=key,
            values={"days": str(days)},
        )  # fmt: skip
    people = [contract.owner_id, *managers_of([contract.customer_id]).values()]
    words = {"number": contract.number, "days": days}
    told = messages.tell(people, "contract.renewal", words, link=f"/contracts/{contract.uid}/", about=key)
    return told > 0 or template is not None
