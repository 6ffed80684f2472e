"""Addresses of sign-in and security: only those of allauth that staff need; nobody registers themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.urls import URLPattern, path

from zhike.foundation.access.routes import public, signed_in
from zhike.interfaces.web import accounts
from zhike.interfaces.web.views import company

# Names are allauth's: its own code reverses them.
_OPEN: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("login/", account.login, "account_login"),
    ("inactive/", account.account_inactive, "account_inactive"),
    ("signup/", account.signup, "account_signup"),
    ("password/reset/", accounts.forgotten, "account_reset_password"),
    ("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    ("2fa/webauthn/login/", keys.login_webauthn, "mfa_login_webauthn"),
    ("link/<str:token>/", accounts.follow_link, "account_link"),
)
_STAFF: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("logout/", account.logout, "account_logout"),
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    ("password/change/", accounts.change_password, "account_change_password"),
    ("password/set/", account.password_set, "account_set_password"),
    ("email/", accounts.no_email, "account_email"),
    ("2fa/", accounts.no_email, "mfa_index"),
    ("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("2fa/recovery-codes/generate/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("2fa/recovery-codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    ("2fa/webauthn/", keys.list_webauthn, "mfa_list_webauthn"),
    ("2fa/webauthn/add/", keys.add_webauthn, "mfa_add_webauthn"),
    ("2fa/webauthn/reauthenticate/", keys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/remove/", keys.remove_webauthn, "mfa_remove_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/edit/", keys.edit_webauthn, "mfa_edit_webauthn"),
    ("sessions/", sessions.list_usersessions, "usersessions_list"),
)


def patterns() -> list[URLPattern]:
    """Sign-in is open to all; everything about one's own account asks for a session."""
    return [
        *(path(address, public(_own(view)), name=name) for address, view, name in _OPEN),
        *(path(address, signed_in(view), name=name) for address, view, name in _STAFF),
        path("company/<slug:code>/", company.leave, name="company_leave"),
        path("company/<slug:code>/back/", company.back, name="company_back"),
        path("company/connections/<uuid:uid>/end/", company.end, name="company_end"),
    ]


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """A function of our own around a library's view, so that declaring its route leaves the library alone."""

    def served(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return served
