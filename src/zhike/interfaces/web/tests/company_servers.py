"""Real servers on loopback for tests of company sign-in: an OpenID provider that signs, and the three suites."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "zhike", "not a secret: a test"


def new_key() -> rsa.RSAPrivateKey:
    """A key to sign with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Server:
    """Answers JSON by method and path; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.is_down = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self.told(parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                is_json = "json" in self.headers["Content-Type"]
                said = json.loads(body) if is_json else {key: values[0] for key, values in parse_qs(body).items()}
                self.told(self.path, said)

            def told(self, path: str, said: dict[str, str]) -> None:
                headers = {key.lower(): value for key, value in self.headers.items()}
                server.asked.append((path, said, headers))
                found = None if server.is_down else server.answer(f"{self.command} {path}", said, headers)
                leads = (found or {}).get("Location")
                self.send_response(503 if server.is_down else 404 if found is None else 302 if leads else 200)
                body = json.dumps(found).encode()
                if leads:
                    self.send_header("Location", leads)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, what: str, said: dict[str, str], headers: dict[str, str]) -> dict[str, Any] | None:
        """What is told; None for an address that there is not."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop."""
        self.http.shutdown()
        self.http.server_close()


class Provider(Server):
    """An OpenID provider. ``claims`` and ``mint`` are what a test changes to have it lie."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        super().__init__()
        self.key, self.kid, self.algorithm = key, "first", "RS256"
        self.claims: dict[str, Any] = {"sub": "u-1", "email": "chenmin@example.com", "email_verified": True}
        self.about: dict[str, Any] = {}
        self.left: dict[str, str] = {}  # the parameters with which the browser came
        self.issuer = self.url

    def answer(self, what: str, said: dict[str, str], headers: dict[str, str]) -> dict[str, Any] | None:
        if what == "GET /.well-known/openid-configuration":
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/about",
            }  # fmt: skip
        if what == "GET /authorize":  # a browser comes, is known, and goes back at once
            self.left = said
            return {"Location": f"{said['redirect_uri']}?{urlencode({'code': 'good', 'state': said['state']})}"}
        if what == "GET /keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]}
        if what == "POST /token" and self._is_ours(said, headers):
            return {"access_token": "a", "token_type": "Bearer", "id_token": self.mint()}
        if what == "GET /about" and headers.get("authorization") == "Bearer a":
            return self.about
        return None

    def _is_ours(self, said: dict[str, str], headers: dict[str, str]) -> bool:
        """The client by its secret, the attempt by its verifier, the place by what was announced."""
        basic = base64.b64encode(b"zhike:not%20a%20secret%3A%20a%20test").decode()
        digest = hashlib.sha256(said["code_verifier"].encode()).digest()
        return (
            headers.get("authorization") == f"Basic {basic}"
            and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.left["code_challenge"]
            and said["redirect_uri"] == self.left["redirect_uri"]
            and said["code"] == "good"
        )

    def mint(self, **other: Any) -> str:
        """An ID token for who came."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.left["nonce"],
            **self.claims, **other,
        }  # fmt: skip
        key: Any = {"none": None, "HS256": "a shared secret that is long enough"}.get(self.algorithm, self.key)
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})


class Suite(Server):
    """WeCom, DingTalk and Feishu as they document themselves; ``tokens`` WeCom has given out."""

    def __init__(self) -> None:
        super().__init__()
        self.member = "chenmin"
        self.tenant = "ding-ours"
        self.email = ""
        self.tokens = 0
        self.stale = ""

    def answer(self, what: str, said: dict[str, str], headers: dict[str, str]) -> dict[str, Any] | None:
        path = what.split(" ")[1]
        if path.startswith("/cgi-bin/"):
            return self._wecom(what, said)
        return self._dingtalk(what, said, headers) if path.startswith("/v1.0/") else self._feishu(what, said, headers)

    def _wecom(self, what: str, said: dict[str, str]) -> dict[str, Any] | None:
        if what == "GET /cgi-bin/gettoken":
            if said != {"corpid": CLIENT, "corpsecret": SECRET}:
                return {"errcode": 40001, "errmsg": "invalid credential"}
            self.tokens += 1
            return {"errcode": 0, "errmsg": "ok", "access_token": f"t{self.tokens}", "expires_in": 7200}
        if what == "GET /cgi-bin/auth/getuserinfo":
            if said["access_token"] == self.stale:
                return {"errcode": 42001, "errmsg": "access_token expired"}
            if not said["code"].startswith("good"):
                return {"errcode": 40029, "errmsg": "invalid code"}
            who = {"userid": self.member} if self.member else {"openid": "outside"}
            return {"errcode": 0, "errmsg": "ok", **who}
        return None

    def _dingtalk(self, what: str, said: dict[str, str], headers: dict[str, str]) -> dict[str, Any] | None:
        if what == "POST /v1.0/oauth2/userAccessToken":
            wanted = {"clientId": CLIENT, "clientSecret": SECRET, "code": "good", "grantType": "authorization_code"}
            good = {"accessToken": "d", "refreshToken": "r", "expireIn": 7200, "corpId": self.tenant}
            return good if said == wanted else None
        if what == "GET /v1.0/contact/users/me" and headers.get("x-acs-dingtalk-access-token") == "d":
            return {"nick": "陈敏", "openId": "o", "unionId": self.member, "email": "chenmin@example.com"}
        return None

    def _feishu(self, what: str, said: dict[str, str], headers: dict[str, str]) -> dict[str, Any] | None:
        if what == "POST /open-apis/authen/v2/oauth/token":
            is_good = said["code"] == "good" and said["client_secret"] == SECRET and said["code_verifier"]
            return {"code": 0, "access_token": "f", "expires_in": 7200} if is_good else {"code": 20003, "error": "x"}
        if what == "GET /open-apis/authen/v1/user_info" and headers.get("authorization") == "Bearer f":
            told = {"name": "陈敏", "open_id": self.member, "union_id": "u", "tenant_key": self.tenant,
                    "email": "chenmin@example.com", "enterprise_email": self.email}  # fmt: skip
            return {"code": 0, "msg": "success", "data": told}
        return None
