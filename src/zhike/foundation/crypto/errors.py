"""What the vault refuses."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class KeyMissing(Refusal):
    """A key file is absent although this database was written with it."""

    code = "key_missing"
    status = 503
    sentence = _("The key file %(name)s is missing from %(folder)s. Restore it from your backup; do not create one.")


class KeyMismatch(Refusal):
    """A key file is not the one that this database was written with."""

    code = "key_mismatch"
    status = 503
    sentence = _("The key file %(name)s in %(folder)s does not belong to this database. Restore the right one.")


class ValueDamaged(Refusal):
    """A ciphertext does not open under its person's key: somebody changed it or moved it from another place."""

    code = "value_damaged"
    status = 503
    sentence = _("A stored personal value (%(kind)s) is damaged or was moved. Tell IT to compare it with the backup.")


class PersonErased(Refusal):
    """The personal values of this person were erased for good; nothing can be stored under the record again."""

    code = "person_erased"
    status = 410
    sentence = _("The personal data of this person has been erased. Create a new record if the person returns.")
