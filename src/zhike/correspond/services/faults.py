"""What may be wrong with the words of a message, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

UNKNOWN_VARIABLE = _("A variable in braces is not known. Use one of those that are offered.")
WITHOUT_VALUE = _("A variable in braces has no value here. Write the words instead.")
ONE_LINE = _("A subject is one line.")
BAD_CODE = _("A code is made of small letters, digits and _, and begins with a letter.")
