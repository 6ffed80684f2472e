"""Whose identity that is here: bound ones, and once by verified e-mail. Nobody becomes staff by signing in."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from zhike.foundation import audit
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.interfaces.web.company.asking import Refused
from zhike.interfaces.web.company.protocols import Claim
from zhike.interfaces.web.company.services import Service, offered
from zhike.interfaces.web.models import CompanyIdentity


def identities(person_id: int) -> list[CompanyIdentity]:
    """What somebody signs in by, the oldest first."""
    return list(CompanyIdentity.objects.filter(person=person_id, ended_at=None).order_by("id"))


def connections(person_id: int) -> list[dict[str, Any]]:
    """What somebody may connect, and what is connected, a service each; a service no longer offered can only end."""
    held = {row.service: row for row in identities(person_id)}
    rows: list[dict[str, Any]] = [{**one, "identity": held.pop(one["code"], None)} for one in offered()]
    return rows + [{"code": "", "name": code, "identity": row} for code, row in held.items()]


@transaction.atomic
def person_by(service: Service, claim: Claim, *, address: str) -> Person:
    """Who comes in. Raises Refused("unknown"); the second word says why, and is for the audit alone."""
    bound = CompanyIdentity.objects.select_related("person").filter(
        issuer=claim.issuer, subject=claim.subject, ended_at=None
    )
    identity = bound.select_for_update(of=("self",)).first() or _found_by_email(service, claim, address)
    if not identity.person.is_active:
        raise Refused("unknown", "inactive", identity.person)
    identity.used_at = clock.now()
    identity.save(update_fields=["used_at"])
    person: Person = identity.person
    return person


def _found_by_email(service: Service, claim: Claim, address: str) -> CompanyIdentity:
    if not service.matches_email or not claim.email:
        raise Refused("unknown", "not_bound")
    people = list(Person.objects.filter(email__iexact=claim.email)[:2])
    if len(people) != 1:
        raise Refused("unknown", "nobody" if not people else "shared_email")
    [person] = people
    if not person.is_active:
        raise Refused("unknown", "inactive", person)
    # Once: whoever disconnected it, or is bound to somebody else there, is not bound again behind their back.
    if CompanyIdentity.objects.filter(person=person, issuer=claim.issuer).exists():
        raise Refused("unknown", "bound_before", person)
    return identity_bind(viewer=viewer_of(person, address=address), service=service, claim=claim, by_email=True)


@transaction.atomic
def identity_bind(*, viewer: Viewer, service: Service, claim: Claim, by_email: bool = False) -> CompanyIdentity:
    """From now on ``viewer`` signs in by it; what they had there before ends.

    Raises Refused("taken"): it belongs to somebody else.
    """
    rows = CompanyIdentity.objects.select_for_update(of=("self",)).filter(issuer=claim.issuer, ended_at=None)
    held = rows.filter(subject=claim.subject).first()
    if held is not None and held.person_id != viewer.person_id:
        raise Refused("taken")
    if held is not None:
        return held
    rows.filter(person=viewer.person_id).update(ended_at=clock.now())
    try:
        with transaction.atomic():
            made = CompanyIdentity.objects.create(
                person_id=viewer.person_id, service=service.code, issuer=claim.issuer, subject=claim.subject
            )
    except IntegrityError:
        raise Refused("taken") from None
    _identity_noted(viewer, made, "account.identity_bound", {"service": service.code, "by_email": by_email})
    return made


@transaction.atomic
def identity_end(*, viewer: Viewer, uid: object) -> CompanyIdentity:
    """Nobody signs in by it any more. Raises NotFound for what is not one's own."""
    rows = CompanyIdentity.objects.select_for_update(of=("self",)).filter(uid=uid, person=viewer.person_id)
    found = rows.filter(ended_at=None).first()
    if found is None:
        raise NotFound
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    _identity_noted(viewer, found, "account.identity_ended", {"service": found.service})
    return found


@transaction.atomic
def end_of_person(viewer: Viewer, person_id: int) -> int:
    """Somebody's account ends, and with it what they signed in by; how many."""
    found = list(CompanyIdentity.objects.select_for_update(of=("self",)).filter(person=person_id, ended_at=None))
    CompanyIdentity.objects.filter(pk__in=[row.pk for row in found]).update(ended_at=clock.now())
    for row in found:
        _identity_noted(viewer, row, "account.identity_ended", {"service": row.service})
    return len(found)


def _identity_noted(viewer: Viewer, row: CompanyIdentity, action: str, after: dict[str, object]) -> None:
    audit.record(viewer, action, kind="company_identity", object_id=row.pk, object_uid=row.uid, after=after)
