"""Keys for programs: made and ended by their person, ended by IT; and who a key speaks for."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.policies import current
from zhike.interfaces.api.models import ApiToken
from zhike.interfaces.api.policy import TokenPolicy

PREFIX = "zk_"
_SHOWN = 9
_READS = frozenset({Level.BASIC, Level.FULL, Level.SENSITIVE})
# The time of the last use tells whether a key may be ended; to the minute would cost a write per request.
_USED_AFTER = dt.timedelta(hours=1)


class TooManyTokens(Refusal):
    """The person has as many keys in use as are allowed."""

    code = "too_many_tokens"
    sentence = _("You have %(count)s tokens in use, and more are not allowed. End one that no program needs.")


class NoSuchToken(Refusal):
    """The key is not known, was ended, has run out, or its person may not sign in."""

    code = "token_opens_nothing"
    status = 401
    sentence = _(
        "This token opens nothing: it is unknown, ended or run out. Make a new one under sign-in and security."
    )


class TokenReadsOnly(Refusal):
    """Something was to be changed with a key that reads."""

    code = "token_reads_only"
    status = 403
    sentence = _("This token only reads. Make one that may also change what you may change.")


@transaction.atomic
def token_create(
    *, viewer: Viewer, name: str, expires_on: dt.date, reads_only: bool = True, areas: Iterable[str] = ()
) -> tuple[ApiToken, str]:
    """A new key for a program of the viewer's, and its secret, which nobody can read again.

    ``areas``: only these, of those the viewer has; empty for all. Raises: Invalid, TooManyTokens.
    """
    rules = current().get(TokenPolicy)
    chosen = sorted(set(areas))
    problems = _problems(viewer, name, expires_on, chosen, rules)
    if problems:
        raise Invalid(fields=problems)
    # Two pages at once do not make one too many.
    person = Person.objects.select_for_update(of=("self",)).get(pk=viewer.person_id)
    count = in_use(ApiToken.objects.filter(person=person)).count()
    if count >= rules.per_person:
        raise TooManyTokens(count=count)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person, name=name.strip(), digest=digest(secret), start=secret[:_SHOWN], reads_only=reads_only,
        areas=chosen, expires_on=expires_on,
    )  # fmt: skip
    audit.record(
        viewer, "token.create", kind="api_token", object_id=token.pk, object_uid=token.uid,
        after={"name": token.name, "reads_only": reads_only, "areas": chosen, "expires_on": expires_on.isoformat()},
    )  # fmt: skip
    return token, secret


def _problems(viewer: Viewer, name: str, expires_on: dt.date, areas: list[str], rules: TokenPolicy) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not name.strip() or len(name.strip()) > 80:
        problems["name"] = _("Say in at most 80 characters which program this is for.")
    last = clock.today() + dt.timedelta(days=rules.days_max)
    if not clock.today() <= expires_on <= last:
        problems["expires_on"] = _("Choose a day from today on, within the time that is allowed.")
    if any(area not in {str(a) for a in areas_of(viewer)} for area in areas):
        problems["areas"] = _("Choose among the parts of the work that your posts include.")
    return problems


@transaction.atomic
def token_end(*, viewer: Viewer, uid: UUID) -> ApiToken:
    """End a key at once: one's own, or anybody's for who edits settings. Twice is once. Raises: NotFound."""
    token = visible_tokens(viewer).select_for_update(of=("self",)).filter(uid=uid).first()
    if token is None:
        raise NotFound(uid=str(uid))
    if token.revoked_at is None:
        end_one(viewer, token)
    return token


def end_one(viewer: Viewer, token: ApiToken) -> None:
    """End a key that is locked, and note it. The caller has checked the permission."""
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    audit.record(
        viewer, "token.end", kind="api_token", object_id=token.pk, object_uid=token.uid,
        after={"name": token.name, "person": token.person_id},
    )  # fmt: skip


def visible_tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """One's own keys; those of all for who edits settings. Newest first, ended ones included."""
    rows = ApiToken.objects.select_related("person").order_by("-id")
    return rows if viewer.may(Area.SETTINGS, Level.EDIT) else rows.filter(person_id=viewer.person_id)


def in_use(tokens: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    """Those of ``tokens`` that open something today."""
    return tokens.filter(revoked_at=None, expires_on__gte=clock.today(), person__is_active=True)


def areas_of(viewer: Viewer) -> list[Area]:
    """Parts of the work that the viewer's posts include at all, in the order of the matrix."""
    return [area for area in Area if viewer.levels.get(area)]


def viewer_by(secret: str, *, address: str, writes: bool) -> Viewer:
    """Who speaks with this key, with no more than it was made for.

    A key opens nothing before its person's first password is replaced.
    Raises: NoSuchToken, TokenReadsOnly (where something ``writes``).
    """
    if not secret.startswith(PREFIX) or not secret.isascii():
        raise NoSuchToken()
    found = in_use(ApiToken.objects.select_related("person", "person__department")).filter(digest=digest(secret))
    token = found.first()
    if token is None or token.person.must_change_password:
        raise NoSuchToken()
    if writes and token.reads_only:
        raise TokenReadsOnly()
    _note_use(token)
    viewer = viewer_of(token.person, address=f"{address} · {token.start}…")
    return replace(viewer, levels=_narrowed(viewer, token))


def _narrowed(viewer: Viewer, token: ApiToken) -> dict[Area, frozenset[Level]]:
    allowed = {Area(code) for code in token.areas} or set(viewer.levels)
    levels = {area: held for area, held in viewer.levels.items() if area in allowed}
    return {area: held & _READS for area, held in levels.items()} if token.reads_only else levels


def _note_use(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > _USED_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def digest(secret: str) -> str:
    """What is kept of a key. SHA-256 is enough: a secret of 256 bits cannot be guessed, however quickly one tries."""
    return hashlib.sha256(secret.encode()).hexdigest()
