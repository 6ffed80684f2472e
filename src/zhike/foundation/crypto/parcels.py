"""Whole pieces of work under a key of their own: what a file held, until somebody is done with it.

A parcel is JSON, packed and sealed under the data key of a *subject* (the uid of what the work is about) and bound to
its label, so that it opens nowhere else. Erasing the subject (:func:`zhike.foundation.crypto.vault.erase`) closes all
its parcels for good, in backups too.
"""

from __future__ import annotations

import json
import zlib
from typing import Any
from uuid import UUID

from zhike.foundation.crypto import persons
from zhike.foundation.crypto.errors import ValueDamaged
from zhike.foundation.crypto.sealing import Nonces, bound_to, seal, unseal

_QUICK = 1  # packs half as well as the best level, in a tenth of the time


class Parcels:
    """Packs and opens the parcels of one subject; its key is made with the first one. Raises PersonErased."""

    def __init__(self, subject: UUID) -> None:
        self._subject, self._nonces = subject, Nonces()
        self._cipher = persons.ciphers_made([subject])[subject]

    def pack(self, content: Any, label: str) -> bytes:
        """``content`` (JSON values) as sealed bytes."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return seal(self._cipher, self._nonces.next(), zlib.compress(text, _QUICK), self._bound(label))

    def open(self, sealed: bytes | memoryview, label: str) -> Any:
        """What was packed under this label. Raises ValueDamaged."""
        packed = unseal(self._cipher, bytes(sealed), self._bound(label))
        if packed is None:
            raise ValueDamaged(subject=str(self._subject), kind=label)
        return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))

    def _bound(self, label: str) -> bytes:
        return bound_to("parcel", self._subject, label)
