"""Lists, pages, forms, acts, API and exports of tickets, knowledge and complaints, from their declaration."""

from __future__ import annotations

import datetime as dt
import itertools

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import cases
from zhike.serve.models import Article, Complaint, Greeting, GreetingDay, Ticket
from zhike.serve.models.greeting import Occasion
from zhike.serve.services.article import article_create
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.greeting_day import greeting_day_create
from zhike.serve.services.ticket import ticket_receive

_numbers = itertools.count(1)


def a_firm(owner: Person) -> Customer:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=f"南方第{next(_numbers)}机械厂")


def a_ticket(owner: Person) -> Ticket:
    return ticket_receive(
        viewer=viewer_of(owner), customer=a_firm(owner).uid, subject="报表无法导出", content="点击导出后报错"
    )


def a_complaint(owner: Person) -> Complaint:
    return complaint_receive(viewer=viewer_of(owner), customer=a_firm(owner).uid, content="两天没人回电")


def an_article(owner: Person) -> Article:
    number = next(_numbers)
    return article_create(
        viewer=viewer_of(owner), title=f"报表无法导出 {number}", problem="导出报错", solution="清空筛选"
    )


def a_greeting(owner: Person) -> Greeting:
    firm, number = a_firm(owner), next(_numbers)
    return Greeting.objects.create(
        customer=firm, on=dt.date(2026, 5, 1) + dt.timedelta(days=number), occasion=Occasion.HOLIDAY,
        key=f"{number}:{firm.pk}:0", owner_id=firm.owner_id, department_id=firm.department_id,
    )  # fmt: skip


def a_greeting_day(owner: Person) -> GreetingDay:
    number = next(_numbers)
    return greeting_day_create(
        viewer=viewer_of(owner), title=f"厂庆 {number}", title_en=f"Founders' day {number}", calendar="lunar",
        month=(2, 3, 4, 6, 7, 10, 11)[number // 29 % 7], day=1 + number % 29,
    )  # fmt: skip


TestTickets = cases(
    "tickets",
    make=a_ticket,
    allowed="customer_manager",
    denied="it_team",
    create=lambda person: {
        "customer": str(a_firm(person).uid), "subject": "发票抬头有误", "content": "请改开", "channel": "phone",
        "opened_at": "2026-03-02T09:00",
    },
    change={"subject": "报表导出后打不开", "channel": "email"},
)  # fmt: skip
TestComplaints = cases(
    "complaints",
    make=a_complaint,
    allowed="customer_manager",
    denied="it_team",
    create=lambda person: {
        "customer": str(a_firm(person).uid), "content": "响应太慢", "cause": "slow_response", "form": "spoken",
        "channel": "phone", "received_at": "2026-03-02T09:00",
    },
    change={"content": "三天没人回电", "cause": "service"},
)  # fmt: skip
TestKnowledge = cases(
    "knowledge",
    make=an_article,
    allowed="support_engineer",
    denied="it_team",
    create={"title": "登录失败", "problem": "提示密码错误", "solution": "重置密码"},
    change={"title": "登录失败怎么办", "keywords": "登录 密码"},
    owned=False,
)
TestGreetings = cases("greetings", make=a_greeting, allowed="customer_manager", denied="it_team")
TestGreetingDays = cases(
    "greeting-days",
    make=a_greeting_day,
    allowed="operations_specialist",
    denied="it_team",
    create={"title": "女神节", "title_en": "Day of women", "calendar": "solar", "month": 3, "day": 8, "is_on": "true"},
    change={"title": "妇女节", "day": 30},
    owned=False,
)
