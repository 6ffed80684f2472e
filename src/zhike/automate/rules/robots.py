"""How the robots of groups in WeCom, DingTalk and Feishu are spoken to: address, signature, body, answer. Pure.

WeCom: developer.work.weixin.qq.com/document/path/91770. DingTalk: open.dingtalk.com, "custom robot access".
Feishu: open.feishu.cn, "custom bot guide".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit, urlunsplit

WECOM, DINGTALK, FEISHU = "wecom", "dingtalk", "feishu"
# Too much in a short time: the same message may leave a little later.
RATE_LIMITS = frozenset({"wecom_45009", "dingtalk_130101", "dingtalk_410100", "feishu_11232", "feishu_9499"})
_VISIBLE = 4
_MOST_CHARACTERS = 1800  # WeCom takes 2048 bytes of text; titles are short, so this never cuts one in practice


def masked(url: str) -> str:
    """The address as it is shown: of a key in the query or at the end of the path only the last letters."""
    parts = urlsplit(url)
    query = urlencode([(name, _hidden(value)) for name, value in parse_qsl(parts.query)], safe="*")
    path = parts.path
    if not query:
        head, slash, last = path.rpartition("/")
        path = f"{head}{slash}{_hidden(last)}"
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def _hidden(value: str) -> str:
    return f"****{value[-_VISIBLE:]}" if len(value) > 2 * _VISIBLE else "****"


def addressed(kind: str, url: str, secret: str, now: float) -> str:
    """Where the message goes: DingTalk wants time and signature in the query."""
    if kind != DINGTALK or not secret:
        return url
    stamp = str(round(now * 1000))
    key = secret.encode()
    sign = base64.b64encode(hmac.new(key, f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode("ascii")
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(sign)}"


def body(kind: str, text: str, secret: str, now: float) -> bytes:
    """The message as the service takes it: plain text. Feishu wants time and signature in it."""
    said: dict[str, Any]
    text = text[:_MOST_CHARACTERS]
    if kind == FEISHU:
        said = {"msg_type": "text", "content": {"text": text}}
        if secret:
            stamp = str(int(now))
            sign = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
            said = {"timestamp": stamp, "sign": base64.b64encode(sign).decode("ascii"), **said}
    else:
        said = {"msgtype": "text", "text": {"content": text}}
    return json.dumps(said, ensure_ascii=False).encode()


def fault_in(kind: str, answer: bytes) -> str:
    """What the service says went wrong, as ``kind_code``; empty when it took the message.

    All three answer 200 whatever came of it: only the body tells.
    """
    try:
        said = json.loads(answer)
    except ValueError:
        return "no_json"
    if not isinstance(said, dict):
        return "no_json"
    code = said.get("errcode") if kind != FEISHU else said.get("code", said.get("StatusCode"))
    if code == 0:
        return ""
    return f"{kind}_{code}" if isinstance(code, int) or re.fullmatch(r"\w{1,20}", str(code or "")) else "no_json"
