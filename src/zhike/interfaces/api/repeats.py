"""A call that is sent twice is done once: ``Idempotency-Key``.

A program that lost the answer sends the same call with the same key, and gets the first answer again. The key is noted
in the transaction of the work itself: a process killed in between leaves neither.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit import bodies, clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.policies import current
from zhike.interfaces.api.models import RepeatableCall
from zhike.interfaces.api.policy import RepeatPolicy

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_LONGEST = 128
_WRITES = ("POST", "PATCH", "DELETE")
_PIECE = 1_000


class KeyOfAnother(Refusal):
    """The same key came with another call."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This Idempotency-Key was used for another call. Give every new call a key of its own.")


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a writing operation at most once per caller and key; without a key it runs as always."""

    @functools.wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if most_bytes := getattr(view, "most_bytes", None):
            bodies.take(request, most_bytes())
        key = request.headers.get(HEADER)
        if key is None or request.method not in _WRITES:
            return view(request, *args, **kwargs)
        if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
            raise Invalid(fields={HEADER: _("Send 1 to 128 printable ASCII characters.")})
        return _once(request, key, functools.partial(view, request, *args, **kwargs))

    return called


@transaction.atomic
def _once(request: HttpRequest, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    asked = hashlib.sha256(b"\n".join([request.method.encode(), request.get_full_path().encode(), _content(request)]))  # type: ignore[union-attr]
    # Who comes second at the same moment waits here until the first has ended.
    call, is_new = RepeatableCall.objects.get_or_create(
        person_id=request.viewer.person_id,  # type: ignore[attr-defined]
        key=hashlib.sha256(key.encode()).hexdigest(),
        defaults={"asked": asked.hexdigest()},
    )
    if not is_new:
        return _again(call, asked.hexdigest())
    answer = run()
    call.status, call.body = answer.status_code, answer.content.decode()
    call.location = answer.headers.get("Location", "")
    call.save(update_fields=["status", "body", "location"])
    return answer


def _content(request: HttpRequest) -> bytes:
    """What was sent: the body, or of a form with files, which has been read already, a digest of all of it."""
    if request.content_type != "multipart/form-data":
        return request.body
    digest = hashlib.sha256(repr(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name}\0{file.name}\0{file.size}\0".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()


def _again(call: RepeatableCall, asked: str) -> HttpResponse:
    if call.asked != asked:
        raise KeyOfAnother()
    answer = HttpResponse(call.body, status=call.status, content_type="application/json")
    if call.location:
        answer["Location"] = call.location
    answer[REPLAYED] = "true"
    return answer


def forget() -> int:
    """Forget calls older than the policy, in pieces; how many."""
    before, gone = clock.now() - dt.timedelta(hours=current().get(RepeatPolicy).kept_hours), 0
    while numbers := list(RepeatableCall.objects.filter(created_at__lt=before).values_list("pk", flat=True)[:_PIECE]):
        gone += RepeatableCall.objects.filter(pk__in=numbers).delete()[0]
    return gone
