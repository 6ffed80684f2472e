"""Why an assistant is refused, beside what the services refuse."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class NothingToConfirm(Refusal):
    """The code belongs to no change that this server has shown, or is not what was shown."""

    code = "nothing_to_confirm"
    status = 404
    sentence = _("This code confirms nothing. Ask for the change again and use the code that comes back.")


class TooLateToConfirm(Refusal):
    """The minutes within which the change could be confirmed are over."""

    code = "confirmation_too_late"
    status = 410
    sentence = _("A change is confirmed within %(minutes)s minutes. Ask for it again.")


class AlreadyConfirmed(Refusal):
    """The change was made already."""

    code = "already_confirmed"
    sentence = _("This change was confirmed already and is not made twice.")
