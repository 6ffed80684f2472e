"""The clock of the duties."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.jobs.registry import tick as every
from zhike.foundation.obligations.ticking import tick_clocks, tick_slowly

every("obligations.clocks", dt.timedelta(seconds=5))(tick_clocks)
every("obligations.periods", dt.timedelta(minutes=1))(tick_slowly)
