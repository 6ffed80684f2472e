"""Why a backup is not made or not put back, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class Damaged(Refusal):
    """The file is not a whole backup: cut off, changed, or something else altogether."""

    code = "backup_damaged"
    status = 422
    sentence = _("%(name)s is not a whole backup of Zhike. Take another copy of the file; nothing was changed.")


class WrongKey(Refusal):
    """The file was encrypted with another backup key."""

    code = "backup_wrong_key"
    sentence = _(
        "The backup was encrypted with the key %(wanted)s, and %(folder)s holds %(found)s. Keys are not part of a"
        " backup: put your copy of the key folder there and try again."
    )


class KeysMissing(Refusal):
    """The keys of the installation that was backed up are not in the key folder."""

    code = "backup_keys_missing"
    sentence = _(
        "The keys %(names)s in %(folder)s are not those of the backup. Keys are not part of a backup: put your copy of"
        " the key folder there and try again."
    )


class OtherDatabase(Refusal):
    """A backup of the one database goes into the same kind of database."""

    code = "backup_other_database"
    sentence = _("This backup is of a %(made_on)s database and cannot be put into %(here)s. Set ZHIKE_DATABASE_URL.")


class NewerVersion(Refusal):
    """The backup knows changes of the schema that this version does not."""

    code = "backup_newer_version"
    sentence = _("This backup was made by Zhike %(version)s, which is newer. Install that version and try again.")


class NotEmpty(Refusal):
    """There is something to lose."""

    code = "backup_not_empty"
    sentence = _(
        "This installation holds %(people)s people already. Restore into an empty one with --into, or say --replace:"
        " then what is here now is kept beside it."
    )


class ForeignTables(Refusal):
    """The database is that of another application."""

    code = "backup_foreign_tables"
    sentence = _("The database %(name)s holds tables that are not of Zhike. Name an empty one in ZHIKE_DATABASE_URL.")


class InUse(Refusal):
    """A worker is at work on the base that would be replaced."""

    code = "backup_in_use"
    sentence = _("A worker is at work on this base. Stop «zhike serve» and «zhike worker», then try again.")


class DifferentCounts(Refusal):
    """What arrived is not what left."""

    code = "backup_different_counts"
    status = 422
    sentence = _("The restored base differs from the backup in: %(tables)s. Do not use it; take another backup.")
