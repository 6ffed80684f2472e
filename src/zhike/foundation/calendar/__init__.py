"""Which days are worked, and when so much working time will have passed.

>>> calendar.add_working(published_at, hours=48)
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.calendar.days import is_workday
    from zhike.foundation.calendar.working import add_working, plan, working_hours_between

__all__ = ["add_working", "is_workday", "plan", "working_hours_between"]
__getattr__ = door(
    __name__,
    {
        "is_workday": "days",
        "add_working": "working",
        "plan": "working",
        "working_hours_between": "working",
    },
)
