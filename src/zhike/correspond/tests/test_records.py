"""Lists, pages, forms, acts, API and exports of messages, templates and wishes, from their declaration."""

from __future__ import annotations

import itertools

from zhike.correspond.models import Message, Stop, Template
from zhike.correspond.services.stop import sending_stop
from zhike.correspond.services.writing import message_write
from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import cases

_numbers = itertools.count(1)


def a_firm(owner: Person) -> Customer:
    number = next(_numbers)
    return customer_create(
        viewer=viewer_of(owner), kind="firm", name=f"西部第{number}机械厂", email=f"office{number}@west.example"
    )


def a_message(owner: Person) -> Message:
    return message_write(
        viewer=viewer_of(owner), customer=a_firm(owner).uid, subject="交货日期", body=f"定在周五 {next(_numbers)}"
    )


def a_stop(owner: Person) -> Stop:
    return sending_stop(viewer=viewer_of(owner), customer=a_firm(owner).uid)


def a_template(_owner: Person) -> Template:
    return Template.objects.create(
        code=f"greeting_{next(_numbers)}", title="问候", language="zh", edition=1, purpose="service", subject="您好",
        body="您好",
    )  # fmt: skip


TestMessages = cases(
    "messages",
    make=a_message,
    allowed="customer_manager",
    denied="it_team",
    create=lambda person: {
        "customer": str(a_firm(person).uid), "subject": "关于发票", "body": "已重开", "purpose": "service",
    },
)  # fmt: skip
TestStops = cases(
    "stops",
    make=a_stop,
    allowed="customer_manager",
    denied="data_specialist",
    create=lambda person: {"customer": str(a_firm(person).uid), "what": "marketing", "reason": "电话中说明"},
)
TestTemplates = cases("message-templates", make=a_template, allowed="customer_manager", denied="it_team", owned=False)
