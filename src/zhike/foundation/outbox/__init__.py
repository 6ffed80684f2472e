"""Events that are written with the change they tell of, and reach every subscriber, in order, at least once.

>>> outbox.publish(CustomerCreated(customer_id=7, kind="firm"))  # inside the transaction
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.foundation.outbox.registry import projection, subscriber

if TYPE_CHECKING:
    from zhike.foundation.outbox.dispatch import dispatch_once
    from zhike.foundation.outbox.parking import parked, replay
    from zhike.foundation.outbox.publishing import publish, publish_batch

__all__ = [
    "dispatch_once",
    "parked",
    "projection",
    "publish",
    "publish_batch",
    "replay",
    "subscriber",
]
__getattr__ = door(
    __name__,
    {
        "publish": "publishing",
        "publish_batch": "publishing",
        "dispatch_once": "dispatch",
        "parked": "parking",
        "replay": "parking",
    },
)
