"""Which services staff may sign in by: a TOML file that ``ZHIKE_SIGN_IN_FILE`` names, one table a service.

>>> [company]
>>> kind = "oidc"
>>> issuer = "https://id.example.com"
>>> client_id = "zhike"
>>> secret_file = "/etc/zhike/company.secret"
"""

from __future__ import annotations

import logging
import re
import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils import translation

log = logging.getLogger(__name__)
# What each kind cannot do without.
_NEEDED: dict[str, tuple[str, ...]] = {
    "oidc": ("issuer", "client_id"),
    "wecom": ("client_id", "agent_id", "secret_file"),
    "dingtalk": ("client_id", "tenant", "secret_file"),
    "feishu": ("client_id", "secret_file"),
}
_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Misconfigured(Exception):
    """The file cannot be used; the argument says why, in a sentence for who runs the installation."""


@dataclass(frozen=True)
class Service:
    """One service. ``tenant``: the enterprise there; ``authorize_url`` and ``api_url`` are for private installations.

    ``matches_email``: who was never bound is found once by verified e-mail. ``trusts_second_factor``: who proved more
    than one factor there is not asked for another one here.
    """

    code: str
    kind: str
    client_id: str
    name: str = ""
    name_zh: str = ""
    issuer: str = ""
    secret_file: str = ""
    agent_id: str = ""
    tenant: str = ""
    authorize_url: str = ""
    api_url: str = ""
    matches_email: bool = True
    trusts_second_factor: bool = False

    def said_in(self, language: str) -> str:
        """What the button says; without a name of its own, the product's."""
        chosen = self.name if language.startswith("en") else self.name_zh
        words = _PRODUCTS.get(self.kind, (self.code, self.code))
        return chosen or self.name or self.name_zh or words[0 if language.startswith("en") else 1]

    def secret(self) -> str:
        """The shared secret, read each time, so that it can change without a restart; empty for a public client."""
        return Path(self.secret_file).read_text(encoding="utf-8").strip() if self.secret_file else ""


_PRODUCTS = {"wecom": ("WeCom", "企业微信"), "dingtalk": ("DingTalk", "钉钉"), "feishu": ("Feishu", "飞书")}


def services() -> dict[str, Service]:
    """What is offered, by code, in the order of the file; nothing where the file cannot be used, which the log says."""
    try:
        return read()
    except Misconfigured as fault:
        log.error("company sign-in is off: %s", fault)
        return {}


def offered() -> list[dict[str, str]]:
    """The services for buttons: code and name, in the language of the page."""
    language = translation.get_language() or ""
    return [{"code": service.code, "name": service.said_in(language)} for service in services().values()]


def read() -> dict[str, Service]:
    """The same. Raises Misconfigured."""
    name = settings.SIGN_IN_FILE
    if not name:
        return {}
    try:
        return _of_file(name, Path(name).stat().st_mtime_ns)
    except OSError as fault:
        raise Misconfigured(f"ZHIKE_SIGN_IN_FILE: {name} cannot be read ({fault.strerror}).") from fault


@lru_cache(maxsize=4)
def _of_file(name: str, _changed: int) -> dict[str, Service]:
    try:
        tables = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Misconfigured(f"{name} is no TOML: {fault}") from fault
    return {code: _service(code, table) for code, table in tables.items()}


def _service(code: str, table: Any) -> Service:
    if not isinstance(table, dict) or not _CODE.fullmatch(code):
        raise Misconfigured(f"[{code}]: one table a service, its name in small letters, digits and hyphens.")
    kind = table.get("kind")
    if kind not in _NEEDED:
        raise Misconfigured(f"[{code}] kind: one of {', '.join(_NEEDED)}.")
    types = {field.name: bool if field.type == "bool" else str for field in fields(Service) if field.name != "code"}
    for key, value in table.items():
        if key not in types:
            raise Misconfigured(f"[{code}] {key}: there is no such setting.")
        if not isinstance(value, types[key]):
            raise Misconfigured(f"[{code}] {key}: {'true or false' if types[key] is bool else 'a text in quotes'}.")
    missing = [key for key in _NEEDED[kind] if not table.get(key)]
    if missing:
        raise Misconfigured(f"[{code}] lacks {', '.join(missing)}.")
    return Service(code=code, **table)


@checks.register
def check(**_given: Any) -> list[checks.CheckMessage]:
    """What ``zhike check`` says of the file and of the secrets it names."""
    try:
        for service in read().values():
            service.secret()
    except (Misconfigured, OSError) as fault:
        return [checks.Error(f"Company sign-in: {fault}", id="zhike.E101")]
    return []
