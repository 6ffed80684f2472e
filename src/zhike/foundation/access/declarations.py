"""Words of the log about staff and departments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("department", _("Department"), actions={"department.add": _("Added a department")})
words.declare("person", _("Member of staff"), actions={"person.add": _("Added a member of staff")})
