"""Who stands in the portal: the account of the browser session, apart from everything that staff have."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer, system
from zhike.interfaces.portal.models import PortalAccount, PortalState
from zhike.interfaces.portal.services import in_use

KEY = "portal_account"


@dataclass(frozen=True)
class Visitor:
    """A customer's person who has signed in. ``subject`` is whose values the vault keeps."""

    account_id: int
    account_uid: UUID
    customer_id: int
    customer_uid: UUID
    contact_id: int | None
    subject: UUID
    name: str
    language: str

    @property
    def viewer(self) -> Viewer:
        """The system acting for this customer: services are called with it and the visitor's own customer."""
        return system(f"portal account {self.account_uid}")


def enter(request: HttpRequest, account: PortalAccount) -> None:
    """Begin a session of the portal. Whatever the browser session held before, a member of staff included, is gone."""
    request.session.flush()
    request.session[KEY] = [account.pk, account.session_number]


def visitor_of(request: HttpRequest) -> Visitor | None:
    """The visitor of the session, or None: nobody, an account that was closed, or a session that was ended."""
    kept = request.session.get(KEY)
    if not kept or request.session.get("_auth_user_id"):  # who signed in as staff afterwards is staff
        return None
    here = in_use().filter(pk=kept[0], session_number=kept[1], state=PortalState.ACTIVE)
    account = here.select_related("customer", "contact").first()
    if account is None:
        return None
    subject = account.contact.uid if account.contact is not None else account.customer.uid
    return Visitor(
        account.pk, account.uid, account.customer_id, account.customer.uid, account.contact_id, subject, account.name,
        account.language,
    )  # fmt: skip


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """The portal's sign-in, and from there back; a fragment asks the browser to leave the page as a whole."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": "/portal/sign-in/"})
    return redirect("/portal/sign-in/?" + urlencode({"next": request.get_full_path()}))


def at_home(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the portal for those who have signed in there; others go to its door."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if getattr(request, "visitor", None) is None:
            return _to_the_door(request)
        return view(request, *args, **kwargs)

    inner.route = Route(Door.PORTAL)  # type: ignore[attr-defined]
    return inner
