"""The vault: personal values of natural persons, encrypted under a data key per person (SEC-17).

A *subject* is the uid of the record of a person: a customer who is a natural person, or a contact. Kinds are
``name``, ``phone``, ``email``, ``address``, ``id_number``, ``birthday`` and ``wechat``. Nothing here asks who is
looking: callers stand behind the access checks.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from zhike.foundation.crypto import erasures, fingerprints, persons
from zhike.foundation.crypto.blind import blind, blind_token
from zhike.foundation.crypto.errors import ValueDamaged
from zhike.foundation.crypto.models import VaultValue
from zhike.foundation.crypto.sealing import Nonces, bound_to, seal, unseal
from zhike.foundation.kit import bulk, clock

__all__ = [
    "blind",
    "blind_token",
    "erase",
    "open_values",
    "seal_text",
    "seal_texts",
    "store",
    "unseal_text",
    "unseal_texts",
]
_TEXT = "v1."


@transaction.atomic
def store(values: Mapping[UUID, Mapping[str, str]]) -> None:
    """Keep ``values`` (person → kind → plain text), replacing what was kept; "" removes a value.

    Raises PersonErased when a value would be kept for somebody whose values were erased.
    """
    fingerprints.confirm("index")
    for piece in persons.pieces(values.items()):
        _remove((subject, kind) for subject, kinds in piece for kind, text in kinds.items() if not text)
        kept = {subject: kinds for subject, kinds in piece if any(kinds.values())}
        ciphers = persons.ciphers_made(list(kept))
        bulk.upsert(
            VaultValue,
            ("person", "kind", "ciphertext"),
            _sealed(kept, ciphers),
            conflict=("person", "kind"),
            update=("ciphertext",),
        )


def _sealed(
    values: Mapping[UUID, Mapping[str, str]], ciphers: Mapping[UUID, AESGCM]
) -> Iterator[tuple[UUID, str, bytes]]:
    nonces = Nonces()
    for subject, kinds in values.items():
        cipher = ciphers[subject]
        for kind, text in kinds.items():
            if text:
                yield subject, kind, seal(cipher, nonces.next(), text.encode(), bound_to("value", subject, kind))


def _remove(pairs: Iterable[tuple[UUID, str]]) -> None:
    by_kind: dict[str, list[UUID]] = {}
    for subject, kind in pairs:
        by_kind.setdefault(kind, []).append(subject)
    for kind, subjects in by_kind.items():
        VaultValue.objects.filter(kind=kind, person__in=subjects).delete()


def open_values(subjects: Collection[UUID], kinds: Collection[str]) -> dict[UUID, dict[str, str]]:
    """Plain values by person and kind, in one query per 5,000 persons.

    Persons without a value of these kinds, and erased ones, are missing. Raises ValueDamaged when a ciphertext
    does not open, KeyMismatch when the keys belong to another database.
    """
    found: dict[UUID, dict[str, str]] = {}
    ciphers: dict[UUID, AESGCM] = {}
    masters = persons.Masters()
    for piece in persons.pieces(subjects):
        rows = VaultValue.objects.filter(person__in=piece, kind__in=kinds, person__erased_at=None)
        for subject, kind, sealed, wrapped, version in rows.values_list(
            "person_id", "kind", "ciphertext", "person__wrapped", "person__master_version"
        ):
            cipher = ciphers.get(subject)
            if cipher is None:
                cipher = ciphers[subject] = AESGCM(masters.unwrap(subject, wrapped, version))
            plain = unseal(cipher, bytes(sealed), bound_to("value", subject, kind))
            if plain is None:
                raise ValueDamaged(subject=str(subject), kind=kind)
            found.setdefault(subject, {})[kind] = plain.decode()
    return found


def seal_text(subject: UUID, text: str) -> str:
    """``text`` under the person's key, as printable text. Raises PersonErased."""
    return seal_texts({subject: text})[subject]


def seal_texts(texts: Mapping[UUID, str]) -> dict[UUID, str]:
    """One text per person, each under that person's key."""
    ciphers, nonces = persons.ciphers_made(list(texts)), Nonces()
    return {
        subject: _TEXT
        + base64.urlsafe_b64encode(
            seal(ciphers[subject], nonces.next(), text.encode(), bound_to("text", subject))
        ).decode("ascii")
        for subject, text in texts.items()
    }


def unseal_text(subject: UUID, token: str) -> str | None:
    """The text behind ``token``, or None: the person was erased, or the token is not this person's."""
    return unseal_texts([(subject, token)])[0]


def unseal_texts(tokens: Collection[tuple[UUID, str]]) -> list[str | None]:
    """The texts behind many tokens, in their order; None where :func:`unseal_text` says so."""
    ciphers = persons.ciphers({subject for subject, _ in tokens})
    return [_opened(ciphers.get(subject), subject, token) for subject, token in tokens]


def _opened(cipher: AESGCM | None, subject: UUID, token: str) -> str | None:
    if cipher is None or not token.startswith(_TEXT):
        return None
    try:
        sealed = base64.urlsafe_b64decode(token[len(_TEXT) :])
    except (binascii.Error, ValueError):
        return None
    plain = unseal(cipher, sealed, bound_to("text", subject))
    return None if plain is None else plain.decode()


@transaction.atomic
def erase(subjects: Collection[UUID]) -> int:
    """Destroy the data keys and values of ``subjects`` for good; returns how many had a key until now.

    What was sealed as text under these keys, in the audit log or in a backup of it, is unreadable from then on. A
    backup of the database still holds the wrapped keys: :mod:`~zhike.foundation.crypto.erasures` keeps the list
    outside it that a restore applies again.
    """
    count = persons.destroy(subjects, clock.now())
    gone = list(subjects)
    transaction.on_commit(lambda: erasures.note(gone))
    return count
