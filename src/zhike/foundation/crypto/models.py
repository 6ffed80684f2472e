"""What the vault keeps in the database: wrapped data keys, ciphertexts, and fingerprints of the keys outside."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.kit import clock


class KeyFingerprint(models.Model):
    """Which key files this database was written with, so that foreign ones are refused instead of mixed in.

    ``name`` is ``master-1``, ``index`` or ``audit``; the fingerprint tells nothing about the key.
    """

    name = models.CharField(max_length=32, primary_key=True)
    fingerprint = models.CharField(max_length=32)
    noted_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class PersonKey(models.Model):
    """The data key of one natural person, wrapped by master key ``master_version``; empty once erased."""

    subject = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    master_version = models.PositiveIntegerField(db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(wrapped=None, erased_at__isnull=False)
                | models.Q(wrapped__isnull=False, erased_at=None),
                name="crypto_erased_key_is_empty",
            )
        ]

    def __str__(self) -> str:
        return str(self.subject)


class VaultValue(models.Model):
    """One personal value as AES-GCM ciphertext, bound to its person and kind."""

    # The database does not check the reference: the vault writes the key before the value, and a check per value would
    # cost a third of a large import.
    person = models.ForeignKey(
        PersonKey, models.PROTECT, db_column="subject", db_index=False, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=16)
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind"], name="crypto_one_value_per_kind")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
