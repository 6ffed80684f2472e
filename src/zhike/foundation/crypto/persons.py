"""Data keys of persons: made, found, unwrapped, re-wrapped, destroyed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from zhike.foundation.crypto import fingerprints, keys
from zhike.foundation.crypto.errors import KeyMismatch, PersonErased
from zhike.foundation.crypto.models import PersonKey, VaultValue
from zhike.foundation.crypto.sealing import DATA_KEY_BYTES, Nonces, bound_to, seal, unseal
from zhike.foundation.kit import bulk, clock

T = TypeVar("T")
CHUNK = 5_000  # below the number of parameters that either database takes


def pieces(items: Iterable[T]) -> Iterator[list[T]]:
    """``items`` in lists of at most 5,000."""
    stream = iter(items)
    while piece := list(islice(stream, CHUNK)):
        yield piece


class Masters:
    """The master keys at work in one call: each is confirmed to belong to this database once, not once per person."""

    def __init__(self) -> None:
        self._ciphers: dict[int, AESGCM] = {}

    def _cipher(self, version: int) -> AESGCM:
        if version not in self._ciphers:
            fingerprints.confirm(f"master-{version}")
            self._ciphers[version] = AESGCM(keys.master(version))
        return self._ciphers[version]

    def wrap(self, subject: UUID, data_key: bytes, version: int, nonce: bytes) -> bytes:
        """A data key sealed under master key ``version`` and bound to its person and to the version."""
        return seal(self._cipher(version), nonce, data_key, bound_to("key", subject, str(version)))

    def unwrap(self, subject: UUID, wrapped: bytes, version: int) -> bytes:
        """The data key. Raises KeyMismatch when the master key is not the one that sealed it."""
        plain = unseal(self._cipher(version), bytes(wrapped), bound_to("key", subject, str(version)))
        if plain is None:
            raise KeyMismatch(name=f"master-{version}.key", folder=str(keys.folder()))
        return plain


def ciphers(subjects: Collection[UUID]) -> dict[UUID, AESGCM]:
    """Ciphers of the persons that have a key; unknown and erased ones are missing."""
    found, masters = {}, Masters()
    for piece in pieces(subjects):
        rows = PersonKey.objects.filter(subject__in=piece, erased_at=None)
        for subject, wrapped, version in rows.values_list("subject", "wrapped", "master_version"):
            found[subject] = AESGCM(masters.unwrap(subject, wrapped, version))
    return found


def ciphers_made(subjects: Collection[UUID]) -> dict[UUID, AESGCM]:
    """Ciphers of all ``subjects``; who has no key gets one. Raises PersonErased.

    Two writers may meet the same new person: the first key stands, and both read it back.
    """
    found = ciphers(subjects)
    new = [subject for subject in subjects if subject not in found]
    if not new:
        return found
    version, masters, nonces, now = keys.newest(), Masters(), Nonces(), clock.now()
    made = {subject: os.urandom(DATA_KEY_BYTES) for subject in new}
    bulk.upsert(
        PersonKey,
        ("subject", "wrapped", "master_version", "created_at"),
        ((s, masters.wrap(s, key, version, nonces.next()), version, now) for s, key in made.items()),
        conflict=("subject",),
    )
    standing = ciphers(new)
    for subject in new:
        if subject not in standing:
            raise PersonErased(subject=str(subject))
    return found | standing


def rewrap(older_than: int) -> Iterator[int]:
    """Wrap every data key under master key ``older_than`` instead of an older one; yields the number done per piece.

    One short transaction per piece. A key is replaced only if it is still the one that was read, so that a person
    erased meanwhile stays erased. Stopped half-way, it goes on where it stopped.
    """
    while True:
        with transaction.atomic():
            rows = list(
                PersonKey.objects.filter(master_version__lt=older_than, erased_at=None)
                .select_for_update(no_key=True)
                .values_list("subject", "wrapped", "master_version")[:CHUNK]
            )
            if not rows:
                return
            masters, nonces, now = Masters(), Nonces(), clock.now()
            bulk.upsert(
                PersonKey,
                ("subject", "wrapped", "master_version", "created_at"),
                (
                    (
                        s,
                        masters.wrap(s, masters.unwrap(s, old, version), older_than, nonces.next()),
                        older_than,
                        now,
                    )
                    for s, old, version in rows
                ),
                conflict=("subject",),
                update=("wrapped", "master_version"),
            )
        yield len(rows)


def destroy(subjects: Collection[UUID], at: dt.datetime) -> int:
    """Destroy data keys and values of ``subjects``; returns how many persons had a key until now."""
    count = 0
    with transaction.atomic():
        for piece in pieces(subjects):
            VaultValue.objects.filter(person__in=piece).delete()
            living = PersonKey.objects.filter(subject__in=piece, erased_at=None)
            count += living.update(wrapped=None, erased_at=at)
    return count
