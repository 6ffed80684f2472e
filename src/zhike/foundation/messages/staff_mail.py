"""Notices by mail, for members of staff who want them: what they have not seen yet, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from zhike.foundation import policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.messages.mail import accounts, smtp
from zhike.foundation.messages.models import Rhythm, StaffMail
from zhike.foundation.messages.policy import StaffMailPolicy
from zhike.foundation.messages.untold import lines_of


def staff_mail_set(viewer: Viewer, rhythm: str) -> None:
    """Let one's own notices come by mail, at once or once a day, or not at all. What was told before is not mailed.

    Raises: Invalid.
    """
    if rhythm not in Rhythm.values:
        raise Invalid(fields={"rhythm": "not_an_option"})
    StaffMail.objects.update_or_create(
        person_id=viewer.person_id, defaults={"rhythm": rhythm, "mailed_until": clock.now()}
    )


def staff_mail_of(viewer: Viewer) -> str:
    """What the viewer has chosen."""
    chosen = StaffMail.objects.filter(person=viewer.person_id).values_list("rhythm", flat=True).first()
    return chosen or Rhythm.OFF.value


def is_ready() -> bool:
    """Whether this installation can send mail."""
    return accounts.smtp_account() is not None and bool(accounts.sender_address())


def staff_mail_send() -> int:
    """Mail what is due to those who want it; says how many mails left. A mail in doubt is not repeated."""
    account = accounts.smtp_account()
    if account is None or not is_ready():
        return 0
    letters = [letter for row in _wanting() if (letter := _letter(row)) is not None]
    if not letters:
        return 0
    left = 0
    with smtp.session(account) as server:
        for address, content, told in letters:
            try:
                smtp.hand_over(server, accounts.sender_address(), address, content, told)
            except (smtp.NotSent, smtp.InDoubt):
                continue  # what was not told is told next time
            left += 1
    return left


def _wanting() -> list[StaffMail]:
    now = clock.now()
    rows = StaffMail.objects.exclude(rhythm=Rhythm.OFF).filter(person__is_active=True).exclude(person__email="")
    hour = policies.current(now).get(StaffMailPolicy).daily_hour
    today = clock.start_of(clock.local(now).date()) + dt.timedelta(hours=hour)
    daily_from = today if now >= today else today - dt.timedelta(days=1)
    found = rows.select_related("person", "person__department").order_by("pk")
    return [row for row in found if row.rhythm == Rhythm.SOON or row.mailed_until < daily_from]


def _letter(row: StaffMail) -> tuple[str, bytes, Callable[[], None]] | None:
    """The mail to one person, and what notes that it was told; None when there is nothing new."""
    until, person = clock.now(), row.person
    with override(person.language):
        lines = _lines(person, row.mailed_until, until)
        if not lines:
            return None
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"] = accounts.sender(), person.email
        made["Subject"] = ngettext("%(count)s new notice", "%(count)s new notices", len(lines)) % {"count": len(lines)}
        made["Date"], made["Message-ID"] = format_datetime(until), make_msgid(domain=accounts.sender_domain())
        made["Auto-Submitted"] = "auto-generated"
        made["X-Loop"] = accounts.sender_address()
        foot = gettext("All notices: %(url)s") % {"url": f"{settings.PUBLIC_URL}/notices/"}
        made.set_content("\n\n".join([*lines, foot]))

    def told() -> None:
        StaffMail.objects.filter(pk=row.pk).update(mailed_until=until)

    return person.email, made.as_bytes(), told


def _lines(person: Person, since: dt.datetime, until: dt.datetime) -> list[str]:
    """What was told and not seen, oldest first: titles only, since mail leaves the house."""
    most = policies.current().get(StaffMailPolicy).lines_most
    return [
        f"{line.title}\n{settings.PUBLIC_URL}{line.link}" if line.link else line.title
        for line in lines_of(person, since, until)
    ][:most]
