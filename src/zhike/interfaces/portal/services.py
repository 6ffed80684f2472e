"""Portal accounts: invited by staff, taken into use by the customer, signed in to, closed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from zhike.customers.public import PersonFound, person_at
from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.policies import current
from zhike.foundation.records import rows
from zhike.interfaces.portal.models import FailedSignIn, PortalAccount, PortalState
from zhike.interfaces.portal.policy import PortalPolicy

_SALT = "zhike.portal.invitation"
AT_THE_DOOR = system("a customer stands at the portal's door")
FOLLOWING = system("portal accounts follow their contacts")


class AlreadyInvited(Refusal):
    """The person has an account, or another account has the same phone or e-mail."""

    code = "already_invited"
    sentence = _("This person has a portal account already. Open it to make a new link.")


class LinkSpent(Refusal):
    """The invitation was used, replaced by a newer one, or is too old."""

    code = "link_spent"
    status = 410
    sentence = _("This link is no longer good. Ask your contact person for a new one.")


class Resting(Refusal):
    """Too many wrong passwords in a row."""

    code = "account_resting"
    status = 429
    sentence = _(
        "Too many wrong passwords. Try again in %(minutes)s minutes, or ask your contact person for a new link."
    )


@transaction.atomic
def account_invite(*, viewer: Viewer, customer: UUID, contact: UUID | None = None) -> PortalAccount:
    """Open an account for a contact of a firm, or for a customer who is a person.

    Raises: NotFound, Forbidden, Invalid (a firm without a contact, a person without phone and e-mail), AlreadyInvited.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    person = person_at(viewer, customer, contact)
    blind = {kind: vault.blind(kind, text) if text else None for kind, text in person.reachable.items()}
    if not any(blind.values()):
        raise Invalid(fields={"contact": _("This person has neither phone nor e-mail. Add one first.")})
    if _taken(person, blind):
        raise AlreadyInvited
    account = PortalAccount.objects.create(
        customer_id=person.customer_id, contact_id=person.contact_id, name=person.masked_name,
        phone_blind=blind["phone"], email_blind=blind["email"],
        owner_id=viewer.person_id, department_id=viewer.department_id,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
    )  # fmt: skip
    _logged(viewer, account, "portal.invite")
    return account


def _taken(person: PersonFound, blind: dict[str, bytes | None]) -> bool:
    alive = PortalAccount.objects.filter(deleted_at=None).exclude(state=PortalState.CLOSED)
    same = alive.filter(customer_id=person.customer_id, contact_id=person.contact_id)
    for kind in ("phone", "email"):
        if blind[kind]:
            same = same | alive.filter(**{f"{kind}_blind": blind[kind]})
    return same.exists()


@transaction.atomic
def link_make(*, viewer: Viewer, uid: UUID) -> str:
    """A token by which the customer sets a password; earlier ones are worthless from now on. It is shown once.

    Raises: NotFound, Forbidden.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    account = scope.one(viewer, PortalAccount.objects.select_for_update(of=("self",)), uid=uid)
    account.link_number += 1
    account.save(update_fields=["link_number"])
    _logged(viewer, account, "portal.link")
    return signing.dumps([str(account.uid), account.link_number], salt=_SALT)


def account_behind(token: str) -> PortalAccount:
    """The account that an invitation is for. Raises LinkSpent."""
    days = current(clock.now()).get(PortalPolicy).invite_days
    try:
        uid, number = signing.loads(token, salt=_SALT, max_age=dt.timedelta(days=days))
    except (signing.BadSignature, ValueError):
        raise LinkSpent from None
    account = in_use().filter(uid=uid, link_number=number).first()
    if account is None:
        raise LinkSpent
    return account


def in_use() -> QuerySet[PortalAccount]:
    """Accounts that are not closed, of customers and contacts who are still there: who has left comes in no more."""
    here = Q(contact=None) | Q(contact__deleted_at=None)
    found = PortalAccount.objects.filter(here, deleted_at=None, customer__deleted_at=None)
    return found.exclude(state=PortalState.CLOSED)


@transaction.atomic
def password_set(*, token: str, password: str, language: str = "") -> PortalAccount:
    """Take the account into use: the invitation is spent, other sessions of the account end.

    ``language`` is what the customer reads at that moment; the portal goes on in it.

    Raises: LinkSpent, Invalid (a password that is too easy to guess).
    """
    known = account_behind(token)
    # Locked and asked again: the link may have been used, or the account closed, in between.
    account = in_use().select_for_update(of=("self",)).filter(pk=known.pk, link_number=known.link_number).first()
    if account is None:
        raise LinkSpent
    try:
        validate_password(password)
    except ValidationError as weak:
        raise Invalid(fields={"password": " ".join(weak.messages)}) from None
    account.password = make_password(password)
    account.language = language or account.language
    account.state = PortalState.ACTIVE
    marks = [mark for mark in (account.phone_blind, account.email_blind) if mark]
    FailedSignIn.objects.filter(login_blind__in=marks).delete()
    account.link_number += 1
    account.session_number += 1
    account.version += 1
    account.save()
    _logged(AT_THE_DOOR, account, "portal.password_set")
    return account


@transaction.atomic
def signed_in_by(*, login: str, password: str) -> PortalAccount | None:
    """The account of phone or e-mail and password; None for a wrong pair.

    A login name that nobody has rests after as many failures, in the same words, and takes as long to answer: nothing
    tells whether there is an account.
    Raises: Resting.
    """
    now, mark = clock.now(), _mark(login)
    _refuse_resting(mark, now)
    account = _found(login, mark)
    if account is None:
        make_password(password)  # takes as long as a comparison
    elif check_password(password, account.password):
        FailedSignIn.objects.filter(login_blind=mark).delete()
        PortalAccount.objects.filter(pk=account.pk).update(last_seen_at=now)
        _logged(AT_THE_DOOR, account, "portal.signed_in")
        return account
    _failed(mark, account, now)
    return None


@transaction.atomic
def password_confirmed(*, account_id: int, password: str) -> bool:
    """Whether somebody who is signed in knows the password; wrong ones count as at the door. Raises: Resting."""
    account = in_use().filter(pk=account_id).first()
    if account is None:
        return False
    now, mark = clock.now(), bytes(account.phone_blind or account.email_blind or b"")
    _refuse_resting(mark, now)
    if check_password(password, account.password):
        return True
    _failed(mark, account, now)
    return False


def _refuse_resting(mark: bytes, now: dt.datetime) -> None:
    failed = FailedSignIn.objects.filter(login_blind=mark, locked_until__gt=now).first()
    if failed is not None and failed.locked_until is not None:
        raise Resting(minutes=-int((now - failed.locked_until).total_seconds() // 60))


def _kind(login: str) -> str:
    return "email" if "@" in login else "phone"


def _mark(login: str) -> bytes:
    """The keyed hash of what was typed, by which an account would be found."""
    return vault.blind(_kind(login), login.strip())


def _found(login: str, mark: bytes) -> PortalAccount | None:
    if not login.strip():
        return None
    return in_use().filter(**{"state": PortalState.ACTIVE, f"{_kind(login)}_blind": mark}).first()


def _failed(mark: bytes, account: PortalAccount | None, now: dt.datetime) -> None:
    """Count a wrong password; whoever guesses an account and whoever guesses nobody's cause the same work."""
    rule = current(now).get(PortalPolicy)
    pause = dt.timedelta(minutes=rule.lock_minutes)
    FailedSignIn.objects.filter(failed_at__lt=now - pause).delete()
    row, _is_new = FailedSignIn.objects.select_for_update(of=("self",)).get_or_create(
        login_blind=mark, defaults={"failed_at": now}
    )
    row.failures, row.failed_at = row.failures + 1, now
    if row.failures >= rule.tries_max:
        row.failures, row.locked_until = 0, now + pause
        number, uid = (account.pk, account.uid) if account is not None else (None, None)
        audit.record(AT_THE_DOOR, "portal.locked", kind="portal_account", object_id=number, object_uid=uid)
    row.save()


@transaction.atomic
def account_close(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> PortalAccount:
    """Close an account; whoever is signed in with it is out at the next click. Raises: NotFound, Forbidden, Stale."""
    viewer.require(Area.PROFILE, Level.EDIT)
    account = rows.locked(viewer, PortalAccount, uid, version)
    account.state = PortalState.CLOSED
    account.session_number += 1
    rows.renewed(viewer, account)
    _logged(viewer, account, "portal.close", reason)
    return account


def _logged(viewer: Viewer, account: PortalAccount, action: str, reason: str = "") -> None:
    audit.record(
        viewer, action, kind="portal_account", object_id=account.pk, object_uid=account.uid,
        after={"customer_id": account.customer_id, "state": account.state}, reason=reason,
    )  # fmt: skip


def language_choose(*, account_id: int, language: str) -> None:
    """Remember in which language the portal speaks to this account."""
    PortalAccount.objects.filter(pk=account_id).update(language=language)


@transaction.atomic
def accounts_follow(*, customer_id: int, contact_id: int | None, is_gone: bool) -> None:
    """What became of a person: whose file was removed comes in no more; a new phone or e-mail opens the door.

    Without a contact it is the customer, who is a person.
    """
    account = (
        PortalAccount.objects.select_for_update(of=("self",))
        .filter(customer_id=customer_id, contact_id=contact_id, deleted_at=None)
        .exclude(state=PortalState.CLOSED)
        .select_related("contact", "customer")
        .first()
    )
    if account is None:
        return
    if is_gone:
        account.state, account.session_number = PortalState.CLOSED, account.session_number + 1
        _logged(FOLLOWING, account, "portal.close", "the contact was removed")
    else:
        account.name = account.contact.name if account.contact else account.customer.name
        for kind, text in reachable_at(account).items():
            setattr(account, f"{kind}_blind", vault.blind(kind, text) if text else None)
    account.version += 1
    account.save()


def reachable_at(account: PortalAccount) -> dict[str, str]:
    """Phone and e-mail of the account's person, as they are in the vault now."""
    subject = account.contact.uid if account.contact is not None else account.customer.uid
    values = vault.open_values([subject], ("phone", "email")).get(subject, {})
    return {kind: values.get(kind, "") for kind in ("phone", "email")}
