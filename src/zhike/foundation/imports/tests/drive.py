"""Takes a file through all its steps as a person does, without the page."""

from __future__ import annotations

import io
from typing import Any

from zhike.foundation import jobs
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import reports, rights, services, targets
from zhike.foundation.imports.models import Import
from zhike.foundation.imports.plan import Plan
from zhike.foundation.records import registry


def brought(viewer: Viewer, code: str, content: str | bytes, name: str = "file.csv") -> Import:
    """A staged file."""
    data = content.encode() if isinstance(content, str) else content
    return services.import_stage(viewer=viewer, record_type=registry.get(code), file=io.BytesIO(data), name=name)


def headings(made: Import) -> list[str]:
    found: list[str] = Parcels(made.uid).open(made.shape or b"", "shape")["headings"]
    return found


def proposal(viewer: Viewer, made: Import) -> dict[int, str]:
    """What the columns are taken for at first."""
    record_type = registry.get(made.code)
    offered = targets.targets_for(rights.acting(viewer, record_type), record_type)
    return targets.proposed(record_type, offered, headings(made))


def checked(viewer: Viewer, made: Import, **plan: Any) -> Import:
    """Mapped as proposed unless said otherwise, and tried out."""
    columns = plan.pop("columns", None) or proposal(viewer, made)
    services.import_map(viewer=viewer, uid=made.uid, plan=Plan(columns, **plan))
    jobs.run_due()
    made.refresh_from_db()
    return made


def written(viewer: Viewer, made: Import) -> Import:
    """Written and compared."""
    services.import_run(viewer=viewer, uid=made.uid)
    jobs.run_due()
    made.refresh_from_db()
    return made


def reverted(viewer: Viewer, made: Import) -> Import:
    """Taken back."""
    services.import_revert(viewer=viewer, uid=made.uid)
    jobs.run_due()
    made.refresh_from_db()
    return made


def imported(viewer: Viewer, code: str, content: str | bytes, **plan: Any) -> Import:
    """All of it."""
    made = checked(viewer, brought(viewer, code, content), **plan)
    return written(viewer, made) if made.counts["new"] or made.counts["updated"] else made


def reasons(made: Import) -> dict[int, str]:
    """Why each rejected line was rejected."""
    return {line: why for line, _cells, why in reports.rejected(made)}
