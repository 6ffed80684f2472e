"""AES-256-GCM as the vault uses it. Pure: keys in, bytes out.

A sealed value is 12 bytes of random nonce, the ciphertext and 16 bytes of tag. What it belongs to goes in as
additional data, so that a ciphertext moved to another person, kind or use does not open.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DATA_KEY_BYTES = 32
_NONCE = 12
_RESERVE = 4096  # random bytes are asked for in one call for some hundred nonces


class Nonces:
    """Fresh random nonces, drawn from the system in large pieces: a call per nonce would cost more than sealing."""

    def __init__(self) -> None:
        self._reserve, self._at = b"", 0

    def next(self) -> bytes:
        """Twelve bytes that were never handed out before."""
        if self._at + _NONCE > len(self._reserve):
            self._reserve, self._at = os.urandom(_RESERVE), 0
        self._at += _NONCE
        return self._reserve[self._at - _NONCE : self._at]


def bound_to(use: str, subject: UUID, detail: str = "") -> bytes:
    """Additional data of a value: what it is used as, whose it is, of which kind."""
    return use.encode() + b"\0" + subject.bytes + detail.encode()


def seal(cipher: AESGCM, nonce: bytes, plain: bytes, binding: bytes) -> bytes:
    """Nonce, ciphertext and tag."""
    return nonce + cipher.encrypt(nonce, plain, binding)


def unseal(cipher: AESGCM, sealed: bytes, binding: bytes) -> bytes | None:
    """The plain bytes, or None when key, binding or ciphertext do not belong together."""
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], binding)
    except (InvalidTag, ValueError):
        return None
