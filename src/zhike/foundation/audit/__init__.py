"""The audit log: who did what, to what, before and after, why and from where; sealed so that no change stays unseen.

>>> audit.record(viewer, "customer.update", kind="customer", object_id=7, object_uid=uid, before={…}, after={…})
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.audit.exporting import export
    from zhike.foundation.audit.heads import restored
    from zhike.foundation.audit.reading import Filters, Line, count, entries, last_actors, reveal
    from zhike.foundation.audit.recording import digest_of, record
    from zhike.foundation.audit.sealing import seal
    from zhike.foundation.audit.verifying import Problem, Report, verify

__all__ = [
    "Filters",
    "Line",
    "Problem",
    "Report",
    "count",
    "digest_of",
    "entries",
    "export",
    "last_actors",
    "record",
    "restored",
    "reveal",
    "seal",
    "verify",
]
__getattr__ = door(
    __name__,
    {
        "record": "recording",
        "digest_of": "recording",
        "seal": "sealing",
        "verify": "verifying",
        "Report": "verifying",
        "Problem": "verifying",
        "entries": "reading",
        "count": "reading",
        "last_actors": "reading",
        "reveal": "reading",
        "Filters": "reading",
        "Line": "reading",
        "export": "exporting",
        "restored": "heads",
    },
)
