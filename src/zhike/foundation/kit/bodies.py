"""Bodies of requests that may be larger than those of forms."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import RequestDataTooBig


def take(request: Any, most_bytes: int) -> bytes:
    """The body, read at most so far, and left where everybody after finds it. Raises RequestDataTooBig."""
    if not hasattr(request, "_body"):
        sent = request.read(most_bytes + 1)
        if len(sent) > most_bytes:
            raise RequestDataTooBig(f"more than {most_bytes} bytes")
        request._body, request._stream = sent, io.BytesIO(sent)
    body: bytes = request.body
    return body
