"""Mail as who looks after the installation sees it: what is set, moves and fails; and a test message to oneself."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from zhike.correspond.declarations.panels import error_words
from zhike.correspond.models import MessageState
from zhike.correspond.selectors import last_errors, traffic
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.messages.mail import accounts, smtp


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def mail(request: HttpRequest) -> HttpResponse:
    """The page; POST sends a test message to the address of who asks."""
    if request.method == "POST":
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        _try(request, Person.objects.values_list("email", flat=True).get(pk=viewer.person_id))
        return redirect("mail")
    counts = traffic()
    out, fault_out = _set(accounts.smtp_account)
    incoming, fault_in = _set(accounts.imap_account)
    context = {
        "out": out, "incoming": incoming, "folder": accounts.mail_folder(), "fault_out": fault_out,
        "fault_in": fault_in, "sender": accounts.sender(),
        "counts": [(label, counts.get(code, 0)) for code, label in MessageState.choices],
        "errors": [(at, error_words(code), tries) for at, code, tries in last_errors()],
    }  # fmt: skip
    return render(request, "correspond/mail.html", context)


def _set(ask: Callable[[], accounts.Account | None]) -> tuple[accounts.Account | None, str]:
    try:
        return ask(), ""
    except accounts.AccountFault as fault:
        return None, str(fault)


def _try(request: HttpRequest, address: str) -> None:
    account, _fault = _set(accounts.smtp_account)
    if account is None or not accounts.sender_address():
        messages.error(request, gettext("No mail server is set."))
        return
    if not address:
        messages.error(request, gettext("Your account has no e-mail address."))
        return
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = accounts.sender(), address, gettext("Test message")
    made["Date"], made["Message-ID"] = localtime(), make_msgid(domain=accounts.sender_domain())
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(gettext("Messages of this installation leave by this server."))
    try:
        with smtp.session(account) as server:
            smtp.hand_over(server, accounts.sender_address(), address, made.as_bytes(), lambda: None)
    except smtp.NotSent as fault:
        messages.error(request, error_words(f"smtp_{fault.code}" if fault.code else "unreachable"))
    except smtp.InDoubt:
        messages.error(request, error_words("in_doubt"))
    else:
        messages.success(request, gettext("Sent. Look into your mailbox."))
