"""What the system page says of company sign-in: which services are offered, or why none is."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.ui import system
from zhike.foundation.ui.system import Found, State
from zhike.interfaces.web.company.services import Misconfigured, read


def _services() -> Found:
    try:
        found = read()
        for service in found.values():
            service.secret()
    except (Misconfigured, OSError) as fault:
        words = gettext("Nobody can sign in by it: %(why)s") % {"why": fault}
        return Found(words, State.BROKEN, gettext("Mend the file that ZHIKE_SIGN_IN_FILE names, or a secret in it."))
    if not found:
        return Found(gettext("Not set up: staff sign in by password or passkey."))
    return Found(", ".join(service.said_in(translation.get_language() or "") for service in found.values()))


system.add("company_sign_in", _("Company sign-in"), _services, order=55)
