"""The notice texts that an installation starts with. Compliance replaces them by editions of its own."""

from __future__ import annotations

from typing import NamedTuple


class Seed(NamedTuple):
    """A first edition: it asks for all four purposes."""

    channel: str
    language: str
    notice: str
    promise: str


_PROMISE_ZH = (
    "我们对您的信息严格保密，仅由因工作需要并获得授权的人员查看，加密保存，每次查看均有记录。"
    "未经您单独同意，我们不会向任何第三方提供。您可以随时查询、更正、删除信息，或撤回任何一项同意；撤回后，相应用途立即停止，不影响您已购买的服务。"
)
_PROMISE_EN = (
    "We keep your information confidential: only authorised staff who need it for their work may see it, it is stored"
    " encrypted, and each look at it is recorded. Without your separate consent we give it to no third party. You may"
    " see, correct or delete it, or withdraw any consent, at any time; the use then stops at once, and services that"
    " you have bought are not affected."
)
_USES_ZH = (
    "（一）订立、履行合同及提供售后服务；（二）向您发送产品、活动和优惠信息；"
    "（三）分析使用情况以改进产品与服务；（四）在您单独同意后与合作伙伴共享，以便共同为您服务。各项用途可以分别同意。"
)
_USES_EN = (
    " (1) to conclude and perform contracts and to serve you afterwards; (2) to send you news of products, events and"
    " offers; (3) to analyse use in order to improve products and services; (4) to share it with partners who serve"
    " you together with us, if you consent to that separately. You may consent to each use by itself."
)

SEEDS = (
    Seed(
        "any",
        "zh",
        "我们收集您的姓名、联系方式、单位信息以及您与我们往来的记录，用于以下用途：" + _USES_ZH,
        _PROMISE_ZH,
    ),
    Seed(
        "any",
        "en",
        "We collect your name, contact details, information about your firm and records of our dealings with you:"
        + _USES_EN,
        _PROMISE_EN,
    ),
    Seed(
        "form",
        "zh",
        "您在本表单中填写的姓名、联系方式和需求将由我们保存，用于以下用途：" + _USES_ZH,
        _PROMISE_ZH,
    ),
    Seed(
        "form",
        "en",
        "We keep the name, contact details and needs that you enter in this form:" + _USES_EN,
        _PROMISE_EN,
    ),
    Seed(
        "phone",
        "zh",
        "（请向客户口头告知）本次通话中您提供的姓名、联系方式和需求将由我们记录，用于以下用途：" + _USES_ZH,
        _PROMISE_ZH,
    ),
    Seed(
        "phone",
        "en",
        "(Read this to the customer.) We write down the name, contact details and needs that you give in this call:"
        + _USES_EN,
        _PROMISE_EN,
    ),
)
