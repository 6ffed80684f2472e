"""The log, the seals that chain it, and the queue of what is not sealed yet.

Rows are only ever added: triggers on both databases refuse UPDATE and DELETE (see :mod:`.guards`).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One action. ``before`` and ``after`` are canonical JSON text of non-personal values; ``personal`` maps a person's
    uid to a ciphertext under that person's key. A change of many objects is one entry with its ``BatchItem`` rows,
    bound to it by ``batch_size`` and ``batch_digest``.

    Numbers of persons and objects are no foreign keys: the log outlives what it tells of.
    """

    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    is_system = models.BooleanField(default=False)
    address = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    object_uid = models.UUIDField(null=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    personal = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    batch_size = models.PositiveIntegerField(default=0)
    batch_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "audit_entry"
        indexes: ClassVar = [
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["object_id", "kind", "-id"], name="audit_by_object"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["object_uid"], name="audit_by_uid", condition=models.Q(object_uid__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action}"


class BatchItem(models.Model):
    """One object of an entry that changed many, with a digest of what was written."""

    entry_id = models.BigIntegerField()
    object_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_batch_item"
        indexes: ClassVar = [
            models.Index(fields=["entry_id"], name="audit_item_by_entry"),
            models.Index(fields=["object_id", "entry_id"], name="audit_item_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.object_id}"


class Seal(models.Model):
    """The place of an entry in the chain. ``mac`` binds it to the entry's content and to the seal before."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    mac = models.BinaryField()

    class Meta:
        db_table = "audit_seal"

    def __str__(self) -> str:
        return str(self.seq)


class Unsealed(models.Model):
    """The queue of the sealer. A trigger puts every new entry here in the transaction that writes it, so that an entry
    whose transaction commits late, with a lower number than others already sealed, is still found at once."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_unsealed"

    def __str__(self) -> str:
        return str(self.entry_id)
