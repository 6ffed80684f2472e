"""WeCom, DingTalk and Feishu: sign-in to web pages by QR code or in the application, as each documents it.

WeCom: developer.work.weixin.qq.com, "Web 登录". DingTalk: open.dingtalk.com, "获取登录用户的访问凭证".
Feishu: open.feishu.cn, "获取授权码", "获取 user_access_token" (v2), "获取用户信息".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhike.interfaces.web.company import asking
from zhike.interfaces.web.company.asking import Refused
from zhike.interfaces.web.company.protocols import SUBJECT_MOST, Claim, Start, code_of, with_query
from zhike.interfaces.web.company.services import Service
from zhike.interfaces.web.company.tokens import token_of

_STALE_TOKENS = (40014, 42001)  # WeCom: invalid, expired


class WeCom:
    """A member of the enterprise, told by the application's own token. WeCom vouches for no e-mail."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.api = service.api_url or "https://qyapi.weixin.qq.com"

    def address(self, start: Start, language: str) -> str:
        return with_query(
            self.service.authorize_url or "https://login.work.weixin.qq.com/wwlogin/sso/login",
            login_type="CorpApp", appid=self.service.client_id, agentid=self.service.agent_id,
            redirect_uri=start.back, state=start.state, lang="en" if language.startswith("en") else "zh",
        )  # fmt: skip

    def claim(self, start: Start, said: Mapping[str, str]) -> Claim:
        code = code_of(said)
        told = self._member(code, self._token())
        if told.get("errcode") in _STALE_TOKENS:
            told = self._member(code, self._token(anew=True))
        if told.get("errcode") != 0:
            raise Refused("no_answer", f"wecom_{told.get('errcode')}")
        if not told.get("userid"):
            raise Refused("unknown", "not_a_member")
        return Claim(f"wecom:{self.service.client_id}", _subject(told, "userid"))

    def _member(self, code: str, token: str) -> dict[str, Any]:
        return asking.get(f"{self.api}/cgi-bin/auth/getuserinfo", {"access_token": token, "code": code})

    def _token(self, *, anew: bool = False) -> str:
        """The token of the application: WeCom limits how often it is asked for."""
        return token_of(self.service, self._new_token, anew=anew)

    def _new_token(self) -> tuple[str, float]:
        asked = {"corpid": self.service.client_id, "corpsecret": self.service.secret()}
        told = asking.get(f"{self.api}/cgi-bin/gettoken", asked)
        if told.get("errcode") != 0 or not told.get("access_token"):
            raise Refused("no_answer", f"wecom_{told.get('errcode')}")
        return str(told["access_token"]), float(told.get("expires_in", 0))


class DingTalk:
    """Anybody with DingTalk can come: only who chose our enterprise is let through. Their e-mail is their own word."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.api = service.api_url or "https://api.dingtalk.com"

    def address(self, start: Start, language: str) -> str:
        return with_query(
            self.service.authorize_url or "https://login.dingtalk.com/oauth2/auth",
            response_type="code", client_id=self.service.client_id, redirect_uri=start.back,
            scope="openid corpid", state=start.state, prompt="consent",
        )  # fmt: skip

    def claim(self, start: Start, said: Mapping[str, str]) -> Claim:
        asked = {
            "clientId": self.service.client_id, "clientSecret": self.service.secret(),
            "code": code_of(said, "authCode", "code"), "grantType": "authorization_code",
        }  # fmt: skip
        tokens = asking.post_json(f"{self.api}/v1.0/oauth2/userAccessToken", asked)
        if tokens.get("corpId") != self.service.tenant:
            raise Refused("unknown", "another_enterprise")
        bearer = {"x-acs-dingtalk-access-token": str(tokens.get("accessToken", ""))}
        told = asking.get(f"{self.api}/v1.0/contact/users/me", headers=bearer)
        return Claim(f"dingtalk:{self.service.tenant}", _subject(told, "unionId"))


class Feishu:
    """A member of the tenant that owns the application; its own mail address counts as verified, a private one not."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.api = service.api_url or "https://open.feishu.cn"

    def address(self, start: Start, language: str) -> str:
        return with_query(
            self.service.authorize_url or "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
            client_id=self.service.client_id, redirect_uri=start.back, response_type="code", state=start.state,
            code_challenge=start.challenge, code_challenge_method="S256",
        )  # fmt: skip

    def claim(self, start: Start, said: Mapping[str, str]) -> Claim:
        asked = {
            "grant_type": "authorization_code", "client_id": self.service.client_id,
            "client_secret": self.service.secret(), "code": code_of(said), "redirect_uri": start.back,
            "code_verifier": start.verifier,
        }  # fmt: skip
        tokens = asking.post_json(f"{self.api}/open-apis/authen/v2/oauth/token", asked)
        if tokens.get("code") != 0:
            raise Refused("no_answer", f"feishu_{tokens.get('code')}")
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        answer = asking.get(f"{self.api}/open-apis/authen/v1/user_info", headers=bearer)
        told = answer.get("data")
        if answer.get("code") != 0 or not isinstance(told, dict):
            raise Refused("no_answer", f"feishu_{answer.get('code')}")
        if self.service.tenant and told.get("tenant_key") != self.service.tenant:
            raise Refused("unknown", "another_enterprise")
        return Claim(
            f"feishu:{self.service.client_id}", _subject(told, "open_id"), str(told.get("enterprise_email") or "")
        )


def _subject(told: Mapping[str, Any], name: str) -> str:
    subject = told.get(name)
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MOST:
        raise Refused("no_answer", "no_subject")
    return subject
