"""Somebody leaves: the account closes at once, and everything they own passes on, kind by kind, to whom was chosen.

Closing, and what has a clock, is one transaction; the rest passes piece by piece in a job (``interfaces/web/jobs.py``),
each piece with its own note of how many passed, so that a killed worker repeats nothing and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from zhike.foundation.access import estates, staff
from zhike.foundation.access.estates import Estate
from zhike.foundation.access.models import Leaving, Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid

#: What has a clock passes in the transaction that closes the account: nobody else may take it up in between.
AT_ONCE = ("duties", "approvals")


def owned_by(person_id: int) -> list[tuple[Estate, int]]:
    """What a person owns, kind by kind, with numbers; what there is none of is left out."""
    return [(estate, count) for estate in estates.kinds() if (count := estate.count(person_id))]


def suggested(person: Person) -> int | None:
    """Who would take over: the superior, else the first colleague of the department."""
    if person.superior_id is not None and person.superior is not None and person.superior.is_active:
        return person.superior_id
    others = Person.objects.filter(department=person.department_id, is_active=True).exclude(pk=person.pk)
    return others.order_by("id").values_list("pk", flat=True).first() if person.department_id else None


@transaction.atomic
def leave(*, viewer: Viewer, uid: UUID, version: int, receivers: Mapping[str, int], reason: str = "") -> Leaving:
    """Close the account now; what is owned passes to ``receivers`` by kind. The caller lets :func:`carry_out` follow.

    Raises: as ``staff.person_deactivate``, Invalid (by kind: nobody named, or nobody there).
    """
    person, held = staff.closable(viewer, uid, version)
    owned = owned_by(person.pk)
    others = Person.objects.filter(pk__in=receivers.values(), is_active=True).exclude(pk=person.pk)
    here = set(others.values_list("pk", flat=True))
    wrong = {estate.code: "receiver_needed" for estate, _count in owned if receivers.get(estate.code) not in here}
    if wrong:
        raise Invalid(fields=wrong)
    made = Leaving.objects.create(
        person=person, asked_by_id=viewer.person_id, reason=reason.strip()[:500],
        receivers={estate.code: receivers[estate.code] for estate, _count in owned},
        owned={estate.code: count for estate, count in owned},
    )  # fmt: skip
    for estate, _count in owned:
        if estate.code in AT_ONCE:
            _pass_on(viewer, made, estate)
    made.ended = staff.close(viewer, person, held, {"leaving": str(made.uid), "owned": made.owned}, reason)
    made.save(update_fields=["passed", "ended"])
    return made


@transaction.atomic
def carry_out(leaving_id: int, code: str) -> int:
    """Let one kind of things pass; says how many. Again it does no harm: nothing is left to pass."""
    made = Leaving.objects.select_for_update(of=("self",)).get(pk=leaving_id)
    estate = next((one for one in estates.kinds() if one.code == code), None)
    if estate is None or code not in made.receivers:
        return 0
    passed = _pass_on(_by(made), made, estate)
    made.save(update_fields=["passed"])
    return passed


def codes_of(made: Leaving) -> list[str]:
    """The kinds that pass in the job, in the order of ``estates.kinds``: JSON of PostgreSQL keeps none."""
    return [one.code for one in estates.kinds() if one.code in made.receivers and one.code not in AT_ONCE]


def finish(leaving_id: int) -> None:
    """Note that everything has passed."""
    Leaving.objects.filter(pk=leaving_id, finished_at=None).update(finished_at=clock.now())


def _pass_on(viewer: Viewer, made: Leaving, estate: Estate) -> int:
    passed = estate.hand_over(viewer, made.person_id, made.receivers[estate.code])
    made.passed = {**made.passed, estate.code: made.passed.get(estate.code, 0) + passed}
    return passed


def _by(made: Leaving) -> Viewer:
    """Who asked for it, or the system where they have left themselves meanwhile."""
    asker = Person.objects.select_related("department").filter(pk=made.asked_by_id, is_active=True).first()
    return viewer_of(asker) if asker is not None else system("somebody leaves")
