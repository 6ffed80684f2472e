"""Facts: what each room contributes to the nightly snapshot, declared as one query per table.

A fact holds ids and non-personal values only, and nothing later than the snapshot's day.
"""

from zhike.foundation.facts.declare import Dialect, Fact, registered, snapshot_fact

__all__ = ["Dialect", "Fact", "registered", "snapshot_fact"]
