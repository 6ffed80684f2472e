"""Telling one member of staff something in WeCom, DingTalk or Feishu, as an application of our own.

WeCom: developer.work.weixin.qq.com, "send application messages". DingTalk: open.dingtalk.com, "work notices"
(asyncsend_v2). Feishu: open.feishu.cn, "im/v1/messages". Who somebody is there comes from company sign-in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from zhike.foundation.kit import calling
from zhike.foundation.messages import push_ways
from zhike.interfaces.web.company.services import Service, services
from zhike.interfaces.web.company.tokens import token_of
from zhike.interfaces.web.models import CompanyIdentity

_SECONDS = 8.0
_MOST_BYTES = 64 * 1024
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_STALE = {
    "wecom": (40001, 40014, 42001), "dingtalk": (40001, 40014, 42001), "feishu": (99991661, 99991663, 99991668),
}  # fmt: skip
_PAUSE = frozenset(
    {"http_429", "wecom_45009", "wecom_45033", "dingtalk_88", "dingtalk_90018", "feishu_99991400", "feishu_230020"}
)
_FINAL = frozenset(
    {"not_connected", "wecom_81013", "wecom_invaliduser", "dingtalk_60121", "dingtalk_33012", "feishu_230013",
     "feishu_230001"}
)  # fmt: skip


class Fault(Exception):
    """It was not taken; the argument is a code: see ``pushing_words``."""


@dataclass(frozen=True)
class Staff:
    """One service as a way to tell members of staff something."""

    service: Service

    @property
    def code(self) -> str:
        return self.service.code

    def reaches(self, person_id: int) -> bool:
        """Whether they have connected their account there."""
        return bool(self._subject(person_id))

    def push(self, person_id: int, text: str, key: str) -> tuple[str, str]:
        """Send ``text``; the fault, and whether it is tried again, later, or not at all."""
        subject = self._subject(person_id)
        fault = told(self.service, subject, text, key) if subject else "not_connected"
        return fault, "final" if fault in _FINAL else "pause" if fault in _PAUSE else "again"

    def _subject(self, person_id: int) -> str:
        held = CompanyIdentity.objects.filter(person=person_id, service=self.service.code, ended_at=None)
        return held.values_list("subject", flat=True).first() or ""


def can_push(service: Service) -> bool:
    """Whether messages leave by it: WeCom and DingTalk send in the name of an agent."""
    return service.kind == "feishu" or (service.kind in ("wecom", "dingtalk") and bool(service.agent_id))


@push_ways
def staff_ways() -> list[Staff]:
    """The services of company sign-in that can tell people something."""
    return [Staff(service) for service in services().values() if can_push(service)]


def told(service: Service, subject: str, text: str, key: str) -> str:
    """Hand the text over; the fault, empty where the service took it. A token that failed is asked for anew, once."""
    speak = _SPEAK[service.kind]
    try:
        code = speak(service, subject, text, key, False)
        if code in _STALE[service.kind]:
            code = speak(service, subject, text, key, True)
    except Fault as fault:
        return str(fault)
    except OSError:
        return "no_secret"
    return "" if code == 0 else f"{service.kind}_{code}"


def _wecom(service: Service, subject: str, text: str, _key: str, anew: bool) -> Any:
    api = service.api_url or "https://qyapi.weixin.qq.com"

    def ask() -> tuple[str, float]:
        query = urlencode({"corpid": service.client_id, "corpsecret": service.secret()})
        said = _asked("GET", f"{api}/cgi-bin/gettoken?{query}")
        return _token(said, "wecom", said.get("errcode"), "access_token", "expires_in")

    query = urlencode({"access_token": token_of(service, ask, anew=anew)})
    said = _asked("POST", f"{api}/cgi-bin/message/send?{query}", {
        "touser": subject, "msgtype": "text", "agentid": int(service.agent_id), "text": {"content": text},
        "enable_duplicate_check": 1, "duplicate_check_interval": 1800,
    })  # fmt: skip
    if said.get("errcode") == 0 and said.get("invaliduser"):
        return "invaliduser"
    return said.get("errcode")


def _dingtalk(service: Service, subject: str, text: str, _key: str, anew: bool) -> Any:
    new, old = service.api_url or "https://api.dingtalk.com", service.api_url or "https://oapi.dingtalk.com"

    def ask() -> tuple[str, float]:
        given = {"appKey": service.client_id, "appSecret": service.secret()}
        said = _asked("POST", f"{new}/v1.0/oauth2/accessToken", given)
        return _token(said, "dingtalk", said.get("code", 0), "accessToken", "expireIn")

    query = urlencode({"access_token": token_of(service, ask, anew=anew)})
    member = _asked("POST", f"{old}/topapi/user/getbyunionid?{query}", {"unionid": subject})
    if member.get("errcode") != 0:
        return member.get("errcode")
    said = _asked("POST", f"{old}/topapi/message/corpconversation/asyncsend_v2?{query}", {
        "agent_id": int(service.agent_id), "userid_list": (member.get("result") or {}).get("userid", ""),
        "msg": {"msgtype": "text", "text": {"content": text}},
    })  # fmt: skip
    return said.get("errcode")


def _feishu(service: Service, subject: str, text: str, key: str, anew: bool) -> Any:
    api = service.api_url or "https://open.feishu.cn"

    def ask() -> tuple[str, float]:
        given = {"app_id": service.client_id, "app_secret": service.secret()}
        said = _asked("POST", f"{api}/open-apis/auth/v3/tenant_access_token/internal", given)
        return _token(said, "feishu", said.get("code"), "tenant_access_token", "expire")

    bearer = {"Authorization": f"Bearer {token_of(service, ask, anew=anew)}"}
    said = _asked("POST", f"{api}/open-apis/im/v1/messages?receive_id_type=open_id", {
        "receive_id": subject, "msg_type": "text", "content": json.dumps({"text": text}, ensure_ascii=False),
        "uuid": key,
    }, bearer)  # fmt: skip
    return said.get("code")


_SPEAK: dict[str, Callable[[Service, str, str, str, bool], Any]] = {
    "wecom": _wecom, "dingtalk": _dingtalk, "feishu": _feishu,
}  # fmt: skip


def _token(said: Mapping[str, Any], kind: str, code: Any, name: str, lasts: str) -> tuple[str, float]:
    if code != 0 or not said.get(name):
        raise Fault(f"{kind}_{code}" if code else "no_json")
    return str(said[name]), float(said.get(lasts, 0))


def _asked(
    method: str, url: str, said: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the service answers. Feishu and the new interface of DingTalk name their code below a status of 400, too."""
    body = json.dumps(said, ensure_ascii=False).encode() if said is not None else None
    answer = calling.call(
        method, url, body, {**_JSON, "User-Agent": "Zhike/1", **(headers or {})}, timeout_seconds=_SECONDS,
        allowed=settings.EGRESS_ALLOW, most_bytes=_MOST_BYTES,
    )  # fmt: skip
    try:
        found = json.loads(answer.body) if answer.body else None
    except ValueError:
        found = None
    is_told = isinstance(found, dict) and (found.get("errcode") is not None or found.get("code") is not None)
    if answer.fault and not (is_told and answer.status is not None and answer.status < 500 and answer.status != 429):
        raise Fault(answer.fault)
    if not isinstance(found, dict):
        raise Fault("no_json")
    return found
