"""One file with everything that the keys do not hold: made, proved by a drill, and put back.

>>> made = backup.make(viewer, folder)
>>> backup.restore(viewer, made.path)
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.backup.making import make
    from zhike.foundation.backup.newest import standing
    from zhike.foundation.backup.restoring import restore

__all__ = ["make", "restore", "standing"]
__getattr__ = door(__name__, {"make": "making", "restore": "restoring", "standing": "newest"})
