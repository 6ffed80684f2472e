"""``flush`` in place of Django's: refused, because it would empty the audit log. Tests alone may empty theirs."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from zhike.foundation.audit import guards


class Command(Flush):
    """Empty a test database: the guards of the log are taken away and put back."""

    def handle(self, **options: Any) -> str | None:
        if os.environ.get("ZHIKE_ENV") != "test":
            raise CommandError("flush would empty the audit log. Make a new ZHIKE_HOME or database instead.")
        connection = connections[options["database"]]
        guards.remove(connection)
        try:
            return super().handle(**options)
        finally:
            guards.install(connection)
