"""OpenID Connect: the code flow with PKCE, state and nonce; the ID token's signature is always checked.

Source: OpenID Connect Core 1.0, section 3.1; Discovery 1.0, section 4; RFC 7636; RFC 9207 (``iss``); RFC
8176 (``amr``).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import jwt
from django.conf import settings

from zhike.foundation.kit.addresses import target_of
from zhike.interfaces.web.company import asking
from zhike.interfaces.web.company.asking import Refused
from zhike.interfaces.web.company.protocols import SUBJECT_MOST, Claim, Start, code_of, with_query
from zhike.interfaces.web.company.services import Service

# Signatures with a private key only: a shared secret or none at all proves nothing about who signed.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LEEWAY_SECONDS = 60  # between the clocks of two machines
_KEPT_SECONDS = 3600.0
_KEPT: dict[str, tuple[float, dict[str, Any]]] = {}


class Oidc:
    """One provider, found by its issuer."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def address(self, start: Start, language: str) -> str:
        url = self._endpoint("authorization_endpoint")
        return with_query(
            url, response_type="code", client_id=self.service.client_id, redirect_uri=start.back,
            scope="openid email profile", state=start.state, nonce=start.nonce, code_challenge=start.challenge,
            code_challenge_method="S256", ui_locales="en" if language.startswith("en") else "zh-CN zh",
        )  # fmt: skip

    def claim(self, start: Start, said: Mapping[str, str]) -> Claim:
        code = code_of(said)
        if said.get("iss", self.service.issuer) != self.service.issuer:
            raise Refused("bad_token", "issuer_of_answer")
        tokens = self._tokens(start, code)
        claims = self._checked(str(tokens.get("id_token", "")), start.nonce)
        if "email" not in claims:
            claims = {**self._about(tokens, claims["sub"]), **claims}
        amr = claims.get("amr")
        return Claim(
            self.service.issuer,
            claims["sub"],
            _verified(claims),
            is_multi_factor=isinstance(amr, list) and "mfa" in amr,
        )

    def _tokens(self, start: Start, code: str) -> dict[str, Any]:
        said = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": start.back,
            "client_id": self.service.client_id, "code_verifier": start.verifier,
        }  # fmt: skip
        secret, headers = self.service.secret(), {}
        takes = self._found().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret and "client_secret_basic" in takes:
            both = f"{quote(self.service.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        elif secret:
            said["client_secret"] = secret
        return asking.post_form(self._endpoint("token_endpoint"), said, headers)

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is meant for us, for this attempt, and signed by the issuer."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise Refused("bad_token", "algorithm")
            claims: dict[str, Any] = jwt.decode(
                token, self._key(header.get("kid")), algorithms=[header["alg"]], audience=self.service.client_id,
                issuer=self.service.issuer, leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as fault:
            raise Refused("bad_token", type(fault).__name__) from fault
        if not 0 < len(claims["sub"]) <= SUBJECT_MOST or claims.get("nonce") != nonce:
            raise Refused("bad_token", "nonce")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.service.client_id:
            raise Refused("bad_token", "azp")
        return claims

    def _key(self, kid: str | None) -> jwt.PyJWK:
        """The key that signed. One that is not known yet is looked for once more: issuers change their keys."""
        url = self._endpoint("jwks_uri")
        for anew in (False, True):
            found = jwt.PyJWKSet.from_dict(_kept(url, anew=anew)).keys
            fitting = [key for key in found if key.key_id == kid] if kid else found
            if len(fitting) == 1:
                return fitting[0]
        raise Refused("bad_token", "key")

    def _about(self, tokens: dict[str, Any], subject: str) -> dict[str, Any]:
        """What the provider says at its other desk, where it says anything, about the same subject."""
        if not tokens.get("access_token") or "userinfo_endpoint" not in self._found():
            return {}
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = asking.get(self._endpoint("userinfo_endpoint"), headers=bearer)
        return (
            {key: told[key] for key in ("email", "email_verified") if key in told} if told.get("sub") == subject else {}
        )

    def _found(self) -> dict[str, Any]:
        found = _kept(f"{self.service.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.service.issuer:
            raise Refused("no_answer", "issuer")
        return found

    def _endpoint(self, name: str) -> str:
        url = self._found().get(name)
        try:
            target_of(str(url), settings.EGRESS_ALLOW)
        except ValueError as fault:
            raise Refused("no_answer", name) from fault
        return str(url)


def _verified(claims: Mapping[str, Any]) -> str:
    """The e-mail, if the provider vouches for it; some write the word instead of the truth value."""
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") in (True, "true") else ""


def _kept(url: str, *, anew: bool = False) -> dict[str, Any]:
    """What stands at ``url``, asked for once an hour."""
    now = time.monotonic()
    kept = _KEPT.get(url)
    if kept is None or anew or now - kept[0] > _KEPT_SECONDS:
        kept = _KEPT[url] = (now, asking.get(url))
    return kept[1]
