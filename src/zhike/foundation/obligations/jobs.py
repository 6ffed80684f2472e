"""The clock of the duties."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.jobs.registry import tick as every
from zhike.foundation.obligations.ticking import tick

every("obligations.tick", dt.timedelta(seconds=5))(tick)
