"""Staff accounts: sign-in by name, one-time links, first passwords, and a line in the audit for each."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.views import password_change
from django.contrib.auth import login, update_session_auth_hash
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from zhike.foundation import audit
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock, ids
from zhike.interfaces.web.models import UsedLink
from zhike.interfaces.web.viewer import address_of

LINK_SECONDS = 15 * 60
_SALT = "zhike.accounts.link"
_WITHOUT_OLD = "password_without_old_until"
BY_COMPANY = "company"  # the method of sign-in in the records of a session
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class StaffAdapter(DefaultAccountAdapter):
    """Staff are added by IT; sign-in, sign-out and failures are noted in the audit."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        service = _company_service(request, user)
        super().login(request, user)
        if service:
            note(request, user, "account.signed_in_by_company", after={"service": service})
        else:
            note(request, user, "account.signed_in")

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, Person):
            note(request, user, "account.signed_out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the attempt. The name typed is kept only where such a person exists: people mistype passwords there."""
        super().authentication_failed(request, **credentials)
        person = Person.objects.filter(username=credentials.get("username") or "").first()
        with transaction.atomic():
            audit.record(
                _nobody(request),
                "account.sign_in_failed",
                kind="person",
                object_id=person.pk if person else None,
                object_uid=person.uid if person else None,
                after={"known": person is not None},
            )

    def set_password(self, user: Any, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)
        note(self.request, user, "account.password_changed")

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Staff accounts need no e-mail address; notices about accounts come with the messages room."""


def _company_service(request: HttpRequest, person: Person) -> str:
    """The service that somebody signs in by, before any second factor; empty for a password or a passkey."""
    records = reversed(get_authentication_records(request, person))
    first = next((record for record in records if record["method"] != "mfa" or record.get("passwordless")), None)
    return str(first["provider"]) if first is not None and first["method"] == BY_COMPANY else ""


def note_refusal(request: HttpRequest, service: str, why: str, person: Person | None) -> None:
    """One line in the audit about a company sign-in that was refused: the reason in codes, the person if known."""
    with transaction.atomic():
        audit.record(
            _nobody(request),
            "account.company_refused",
            kind="person",
            object_id=person.pk if person else None,
            object_uid=person.uid if person else None,
            after={"service": service, "why": why},
        )


def note(request: HttpRequest, person: Person, action: str, after: dict[str, Any] | None = None) -> None:
    """One line in the audit about somebody's own account."""
    with transaction.atomic():
        audit.record(
            viewer_of(person, address=address_of(request)),
            action,
            kind="person",
            object_id=person.pk,
            object_uid=person.uid,
            after=after,
        )


def _nobody(request: HttpRequest) -> Viewer:
    actor = system("sign-in attempt")
    return Viewer(None, actor.name, is_system=True, reason=actor.reason, address=address_of(request))


def one_time_link(person: Person) -> str:
    """The path of a link that signs ``person`` in once within 15 minutes. Whoever prints it vouches for the reader."""
    token = signing.dumps({"person": str(person.uid), "link": str(ids.uid())}, salt=_SALT, compress=True)
    return reverse("account_link", args=[token])


def link_issue(person: Person, *, reason: str, viewer: Viewer | None = None) -> str:
    """The same, noted in the audit: who gets a link can act as ``person``. Without a viewer the console issues it."""
    with transaction.atomic():
        audit.record(
            viewer or system(reason), "account.link_issued", kind="person", object_id=person.pk, object_uid=person.uid,
            reason=reason,
        )  # fmt: skip
    return one_time_link(person)


def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then sign in: a mail scanner or a chat preview that opens the address must not use the link up."""
    person, link = _read(token)
    if person is None or UsedLink.objects.filter(link=link).exists():
        return render(request, "account/link.html", {"person": None}, status=410)
    if request.method != "POST":
        return render(request, "account/link.html", {"person": person})
    with transaction.atomic():
        _row, is_first = UsedLink.objects.get_or_create(link=link)
        if not is_first:
            return render(request, "account/link.html", {"person": None}, status=410)
    login(request, person, backend=BACKEND)
    record_authentication(request, person, "link")
    allow_without_old(request, until=clock.now().timestamp() + LINK_SECONDS)
    note(request, person, "account.signed_in_by_link")
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/")


def allow_without_old(request: HttpRequest, *, until: float) -> None:
    """Whoever came by a link need not know an old password for a while."""
    request.session[_WITHOUT_OLD] = until


def _read(token: str) -> tuple[Person | None, str]:
    try:
        said = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None, ""
    return Person.objects.filter(uid=said["person"], is_active=True).first(), said["link"]


def change_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password. Who came by a one-time link a moment ago, or has none, need not know the old one."""
    is_fresh = request.session.get(_WITHOUT_OLD, 0) >= clock.now().timestamp()
    if not is_fresh and request.user.has_usable_password():  # type: ignore[union-attr]
        response: HttpResponse = password_change(request)
        return response
    form = SetPasswordForm(data=request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        request.session.pop(_WITHOUT_OLD, None)
        return redirect("/")
    return render(request, "account/password_change.html", {"form": form})


def forgotten(request: HttpRequest) -> HttpResponse:
    """Who forgot the password asks IT for a one-time link."""
    return render(request, "account/forgotten.html")


def no_email(request: HttpRequest) -> HttpResponse:
    """allauth's own overview pages lead to ours."""
    return redirect("security")
