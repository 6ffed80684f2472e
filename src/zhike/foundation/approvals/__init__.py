"""Who decides: flows declared by the rooms, run step by step, with four boxes for everybody who has a part in them.

>>> approvals.start(viewer=viewer, flow="contract", row=contract)
>>> approvals.approve(viewer=viewer, uid=approval.uid, words="同意")
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.approvals.flow import Ask, Asked, Change, Condition, Fact, Flow, Outcome, Said, Step, Value
    from zhike.foundation.approvals.refusing import DecidedBefore, NotYours
    from zhike.foundation.approvals.register import declare, each, flow_of, flows
    from zhike.foundation.approvals.selectors import (
        approval_of,
        asks_of,
        box,
        counts,
        may_sign,
        next_for,
        of_subject,
        running_of,
        steps_seen,
        title_of,
    )
    from zhike.foundation.approvals.services.deciding import acting, approve, approve_many, reject, send_back
    from zhike.foundation.approvals.services.flows import flow_change, flow_restore
    from zhike.foundation.approvals.services.handing import copy_to, delegate, signer_add, withdraw
    from zhike.foundation.approvals.services.starting import (
        adopt,
        call_off,
        call_off_on,
        find_signers,
        running,
        running_or_start,
        start,
    )

_PLACES = {
    "flow": ("Ask", "Asked", "Change", "Condition", "Fact", "Flow", "Outcome", "Said", "Step", "Value"),
    "refusing": ("DecidedBefore", "NotYours"),
    "register": ("declare", "each", "flow_of", "flows"),
    "selectors": (
        "approval_of",
        "asks_of",
        "box",
        "counts",
        "may_sign",
        "next_for",
        "of_subject",
        "running_of",
        "steps_seen",
        "title_of",
    ),
    "services.deciding": ("acting", "approve", "approve_many", "reject", "send_back"),
    "services.flows": ("flow_change", "flow_restore"),
    "services.handing": ("copy_to", "delegate", "signer_add", "withdraw"),
    "services.starting": (
        "adopt",
        "call_off",
        "call_off_on",
        "find_signers",
        "running",
        "running_or_start",
        "start",
    ),
}
__all__ = [
    "Ask",
    "Asked",
    "Change",
    "Condition",
    "DecidedBefore",
    "Fact",
    "Flow",
    "NotYours",
    "Outcome",
    "Said",
    "Step",
    "Value",
    "acting",
    "adopt",
    "approval_of",
    "approve",
    "approve_many",
    "asks_of",
    "box",
    "call_off",
    "call_off_on",
    "copy_to",
    "counts",
    "declare",
    "delegate",
    "each",
    "find_signers",
    "flow_change",
    "flow_of",
    "flow_restore",
    "flows",
    "may_sign",
    "next_for",
    "of_subject",
    "reject",
    "running",
    "running_of",
    "running_or_start",
    "send_back",
    "signer_add",
    "start",
    "steps_seen",
    "title_of",
    "withdraw",
]
__getattr__ = door(__name__, {name: place for place, names in _PLACES.items() for name in names})
