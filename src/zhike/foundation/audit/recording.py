"""Writing to the log."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from zhike.foundation.audit.canonical import batch_digest, clean, json_text
from zhike.foundation.audit.models import BatchItem, Entry
from zhike.foundation.crypto import keys, vault
from zhike.foundation.kit import bulk, clock

_LONGEST_REASON = 2_000  # what nobody may change must not grow without measure


class Actor(Protocol):
    """Who acts: a member of staff or the system. The viewer is one."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def is_system(self) -> bool: ...
    @property
    def reason(self) -> str: ...


def record(
    actor: Actor,
    action: str,
    *,
    kind: str,
    object_id: int | None = None,
    object_uid: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    personal: Mapping[UUID, Mapping[str, Any]] | None = None,
    reason: str = "",
    batch: Iterable[tuple[int, str]] | None = None,
) -> None:
    """Write one entry inside the caller's transaction: it stands or falls with the change it tells of.

    A deputy is named as the actor, and who is away in ``after`` as ``on_behalf_of``.

    ``before`` and ``after`` hold non-personal values only. Personal ones go into ``personal`` by the uid of the person
    they belong to, and are kept as ciphertext under that person's key. ``batch`` names the objects of a change of many
    with a digest each (:func:`digest_of`). Raises PersonErased for personal values of an erased person.
    """
    acts_for = getattr(actor, "acts_for", None)
    if acts_for is not None:
        after = {**(after or {}), "on_behalf_of": acts_for}
    items = [(object_id, clean(digest)[:64]) for object_id, digest in batch or ()]
    entry = Entry.objects.create(
        at=clock.now(),
        actor_id=actor.person_id,
        actor_name=clean(actor.name)[:80],
        is_system=actor.is_system,
        address=clean(actor.address)[:80],
        action=action,
        kind=kind,
        object_id=object_id,
        object_uid=object_uid,
        before=json_text(before),
        after=json_text(after),
        personal=_personal(personal or {}),
        reason=clean(reason or (actor.reason if actor.is_system else ""))[:_LONGEST_REASON],
        batch_size=len(items),
        batch_digest=batch_digest(items) if items else "",
    )
    if items:
        bulk.upsert(BatchItem, ("entry_id", "object_id", "digest"), ((entry.pk, *item) for item in items))


def _personal(values: Mapping[UUID, Mapping[str, Any]]) -> str:
    if not values:
        return ""
    tokens = vault.seal_texts({subject: json_text(said) for subject, said in values.items()})
    return json_text({str(subject): token for subject, token in tokens.items()})


def digest_of(values: Mapping[str, Any]) -> str:
    """The digest of one row of a batch: keyed, so that nobody can guess values and compare."""
    return hmac.digest(keys.audit("digest"), json_text(values).encode(), "sha256").hex()
