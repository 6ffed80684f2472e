"""What the log must not hold: it is read by more people than may act as everybody."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"/(accounts/link|portal/welcome)/[^/\s]+")


class WithoutLinks(logging.Filter):
    """Takes one-time links out of a line: one that was refused for another reason may still be good."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if "/accounts/link/" in text or "/portal/welcome/" in text:
            record.msg, record.args = _LINK.sub(r"/\1/…", text), ()
        return True
