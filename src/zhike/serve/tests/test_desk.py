"""The service desk, the monitor and the home of those who serve: what each post sees and does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from zhike.customers.models import Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import counters_in, text_of
from zhike.serve.models import Article, Complaint, Ticket, TicketMessage
from zhike.serve.services.article import article_create, article_publish
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.ticket import ticket_classify, ticket_receive

pytestmark = pytest.mark.django_db
MONDAY_9 = dt.datetime(2026, 6, 1, 9, tzinfo=clock.ZONE)


def a_ticket(office: Office, who: str = "service", **values: Any) -> Ticket:
    values = {"subject": "报表无法导出", "content": "点击导出后报错"} | values
    return ticket_receive(viewer=office.viewer(who), customer=office.firm("counter").uid, **values)


def a_caller(office: Office, customer: Customer) -> UUID:
    """A person at the firm, as the counter wrote them down."""
    made = contact_create(
        viewer=office.viewer("counter"), customer_uid=customer.uid, name="贺知秋", phone="13800001234"
    )
    return made.uid


@pytest.mark.requirement("SERV-01", proof="user")
def test_a_representative_takes_in_requests_from_every_channel_as_one_kind_of_ticket(
    office: Office, page_of: Any
) -> None:
    browser, customer = page_of("service"), office.firm("counter")
    for channel in ("phone", "web", "email", "app", "chat", "social", "counter"):
        answer = browser.post(
            "/tickets/new/", {"customer": str(customer.uid), "subject": f"经{channel}来", "channel": channel,
                              "opened_at": ""},
        )  # fmt: skip
        assert answer.status_code == 302, text_of(answer)[:500]

    page = text_of(browser.get("/service/"))

    assert page.count("经") >= 7
    numbers = set(Ticket.objects.values_list("number", flat=True))
    assert len(numbers) == 7
    assert all(number in page for number in numbers)
    assert "经phone来" in text_of(browser.get(f"/customers/{customer.uid}/")), "at once on the timeline"


@pytest.mark.requirement("SERV-02", proof="user")
def test_the_system_proposes_the_class_and_one_key_press_confirms_it(office: Office, page_of: Any) -> None:
    ticket, browser = a_ticket(office), page_of("service")
    deliver()
    page = text_of(browser.get(f"/service/{ticket.uid}/"))
    assert "无法、报错、导出" in page
    assert 'value="technical" data-key="1"' in page

    answer = browser.post(f"/service/{ticket.uid}/classify/", {"ticket_class": "technical", "version": 1})

    assert answer.status_code == 302
    deliver()
    page = text_of(browser.get(f"/service/{ticket.uid}/"))
    assert 'data-key="1"' not in page
    assert "Technical" in page
    assert Duty.objects.get(code="B-02").state == "fulfilled"
    again = browser.post(f"/service/{ticket.uid}/classify/", {"ticket_class": "commercial", "version": 1})
    assert again.status_code == 409
    assert "Somebody changed this record" in text_of(again)


@pytest.mark.requirement("SERV-03", proof="user")
def test_the_first_contact_stays_visible_and_answerable_after_passing_on(office: Office, page_of: Any) -> None:
    ticket, browser = a_ticket(office), page_of("service")
    deliver()
    engineer = office.people["engineer"]

    browser.post(f"/tickets/{ticket.uid}/do/pass_on/", {"handler": str(engineer.uid), "version": 1, "note": "请看日志"})
    deliver()

    page = text_of(browser.get(f"/service/{ticket.uid}/"))
    assert "answerable until the customer has an answer" in page
    assert engineer.name in page
    mine = text_of(browser.get("/tickets/?first_contact=me&awaits_answer=1"))
    assert ticket.number in mine
    assert "Answer the customer" in text_of(browser.get("/tasks/"))
    other = page_of("engineer")
    version = Ticket.objects.get().version
    answer = other.post(f"/service/{ticket.uid}/say/", {"kind": "answer", "text": "清空筛选再导出", "version": version})
    assert answer.status_code == 302
    deliver()
    assert ticket.number not in text_of(browser.get("/tickets/?first_contact=me&awaits_answer=1"))
    assert "answerable until the customer" not in text_of(browser.get(f"/service/{ticket.uid}/"))


@pytest.mark.requirement("SERV-05", proof="user")
@pytest.mark.requirement("SERV-06", proof="user")
def test_an_engineer_solves_a_new_problem_writes_the_article_and_everybody_finds_it(
    office: Office, page_of: Any
) -> None:
    ticket, browser = a_ticket(office), page_of("engineer")
    ticket_classify(viewer=office.viewer("service"), uid=ticket.uid, version=1, ticket_class="technical")
    deliver()
    home = text_of(browser.get("/"))
    assert ticket.number in home
    assert "Solve the technical problem" in text_of(browser.get(f"/tickets/{ticket.uid}/"))

    missing = browser.post(f"/tickets/{ticket.uid}/do/solve/", {"solution": "清空筛选", "problem": "", "version": 2})
    assert missing.status_code == 422
    done = browser.post(f"/tickets/{ticket.uid}/do/solve/", {"solution": "清空筛选", "problem": "new", "version": 2})
    assert done.status_code == 302, text_of(done)[:800]
    deliver()
    article = Article.objects.get()
    assert "Write the knowledge article" in text_of(browser.get("/tasks/"))
    draft = text_of(browser.get(f"/knowledge/{article.uid}/"))
    assert "清空筛选" in draft
    assert "Write the knowledge article" in draft, "its clock stands on the draft"
    other = page_of("service")
    assert "清空筛选" not in text_of(other.get("/search/?q=导出"))

    browser.post(f"/knowledge/{article.uid}/do/publish/", {"version": 1, "is_public": "on"})
    deliver()

    assert f"/knowledge/{article.uid}/" in text_of(other.get("/search/?q=导出")), "in the palette at once"
    next_one = a_ticket(office, subject="导出报表时报错")
    assert "清空筛选" in text_of(other.get(f"/service/{next_one.uid}/")), "as a similar problem on the desk"
    assert "清空筛选" in text_of(other.get(f"/service/{next_one.uid}/", {"k": "baobiao"})), "and by pinyin"
    assert "清空筛选" not in text_of(other.get(f"/service/{next_one.uid}/", {"k": "发票"}))
    assert Duty.objects.get(code="B-05").state == "fulfilled"


@pytest.mark.requirement("SERV-11", proof="user")
def test_the_four_clocks_are_shown_and_a_missed_one_reaches_the_supervisor(
    office: Office, moment: Clock, page_of: Any
) -> None:
    moment.at(MONDAY_9)
    ticket = a_ticket(office)
    deliver()
    page = text_of(page_of("service").get(f"/service/{ticket.uid}/"))
    assert [name in page for name in ("Class", "First response", "Solution", "Promise")] == [True] * 4

    moment.at(MONDAY_9 + dt.timedelta(hours=1, minutes=1))
    obligations.tick(clock.now())

    supervisor = page_of("supervisor")
    assert ticket.number in text_of(supervisor.get("/service/?which=late"))
    monitor = text_of(supervisor.get("/service/monitor/"))
    assert "Classify the ticket" in monitor
    assert "Service monitor" in text_of(supervisor.get("/"))
    assert "Classify the ticket" in text_of(supervisor.get("/notices/"))
    assert page_of("seller one").get("/service/monitor/").status_code == 403


def test_the_composer_writes_answers_notes_and_what_the_customer_said(office: Office, page_of: Any) -> None:
    ticket, browser = a_ticket(office), page_of("service")
    for version, kind in enumerate(("note", "heard", "answer"), 1):
        browser.post(f"/service/{ticket.uid}/say/", {"kind": kind, "text": f"{kind}的话", "version": version})

    page = text_of(browser.get(f"/service/{ticket.uid}/"))

    assert all(f"{kind}的话" in page for kind in ("note", "heard", "answer"))
    assert list(TicketMessage.objects.order_by("id").values_list("kind", flat=True)) == [
        "inbound",
        "note",
        "inbound",
        "answer",
    ]
    empty = browser.post(f"/service/{ticket.uid}/say/", {"kind": "answer", "text": " ", "version": 4})
    assert (empty.status_code, "Please fill this in" in text_of(empty)) == (422, True)
    late = browser.post(f"/service/{ticket.uid}/say/", {"kind": "answer", "text": "写了很久的话", "version": 1})
    assert (late.status_code, "写了很久的话" in text_of(late)) == (409, True)
    assert browser.post(f"/service/{ticket.uid}/say/", {"kind": "other", "text": "x"}).status_code == 404


def test_the_queue_puts_the_nearest_clock_first_and_shows_complaints_to_those_who_may_see_them(
    office: Office, moment: Clock, page_of: Any
) -> None:
    moment.at(MONDAY_9)
    later = a_ticket(office, subject="发票抬头有误")
    ticket_classify(viewer=office.viewer("service"), uid=later.uid, version=1, ticket_class="commercial")
    soon = a_ticket(office)
    complaint = complaint_receive(
        viewer=office.viewer("service"), customer=office.firm("counter").uid, content="没人回电话", promise_hours=72
    )
    deliver()

    page = text_of(page_of("service").get("/service/"))

    assert page.index(soon.number) < page.index(later.number)
    assert complaint.number in page
    assert complaint.number not in text_of(page_of("service").get("/service/?which=new"))
    market = page_of("market")
    assert market.get("/service/").status_code == 403
    assert market.get(f"/service/{soon.uid}/").status_code == 403
    # Who looks after other customers sees none of these.
    success = page_of("success")
    assert soon.number not in text_of(success.get("/service/"))
    assert success.get(f"/service/{soon.uid}/").status_code == 404


@pytest.mark.requirement("SERV-03", proof="user")
def test_the_home_of_a_representative_counts_and_opens_the_exact_lists(office: Office, page_of: Any) -> None:
    mine, other = a_ticket(office), a_ticket(office, "service two")
    ticket_receive(viewer=system("portal"), customer=office.firm("counter").pk, subject="你好", channel="web")

    browser = page_of("service")
    home = text_of(browser.get("/"))

    counted = counters_in(home)
    assert counted["tickets to classify"] == (3, "/tickets/?state=new")
    assert counted["ticket I am answerable for"][0] == 1
    answerable = text_of(browser.get(counted["ticket I am answerable for"][1]))
    assert (mine.number in answerable, other.number in answerable) == (True, False)


@pytest.mark.requirement("COMP-01", proof="user")
@pytest.mark.requirement("COMP-03", proof="user")
@pytest.mark.requirement("COMP-04", proof="user")
@pytest.mark.requirement("COMP-05", proof="user")
def test_a_representative_brings_a_complaint_from_the_promise_to_the_callback(office: Office, page_of: Any) -> None:
    browser, customer = page_of("service"), office.firm("counter")
    caller = a_caller(office, customer)
    for form in ("written", "online", "spoken"):
        made = browser.post(
            "/complaints/new/",
            {"customer": str(customer.uid), "content": "两天没人回电", "form": form, "channel": "phone",
             "cause": "slow_response", "received_at": "", "promise_hours": "48", "contact": str(caller)},
        )  # fmt: skip
        assert made.status_code == 302, text_of(made)[:800]
    row = Complaint.objects.get(form="spoken")
    deliver()
    page = text_of(browser.get(f"/complaints/{row.uid}/"))
    until = f"{clock.local(row.promised_at):%Y-%m-%d %H:%M}" if row.promised_at else ""
    said = f"{row.number}. Tell the customer the number, and that there is an answer by {until}."
    assert said in page, "while the customer is still on the line"
    assert f"complaint {row.number} is answered by" in page
    assert "Answer the complaint as promised" in page
    assert 'aria-current="step"' in page

    def act(code: str, **values: str) -> str:
        version = Complaint.objects.get(pk=row.pk).version
        answer = browser.post(f"/complaints/{row.uid}/do/{code}/", {"version": version, **values})
        assert answer.status_code == 302, text_of(answer)[:800]
        deliver()
        return text_of(browser.get(f"/complaints/{row.uid}/"))

    assert Complaint.objects.filter(contact__uid=caller).count() == 3
    assert "贺**" in page, "whom to call back"
    assert "Tell the customer:" in page
    told = act("tell", contact=str(caller))
    assert "The customer was told:" in told
    assert f"/complaints/{row.uid}/do/tell/" not in told
    assert f"Customer told of complaint {row.number}" in text_of(browser.get(f"/customers/{customer.uid}/"))
    act("dispatch", handler=str(office.people["service two"].uid))
    act("investigate", finding="转接遗漏", responsible_party="客服", effect_scope="一家")
    assert "ask for the opinion" in act("resolve", solution="专人跟进", basis="服务承诺第三条")
    act("answer")
    assert "Not accepted" in act("opinion", opinion="not_accepted", opinion_text="不够")
    act("investigate", finding="转接遗漏", responsible_party="客服", effect_scope="一家")
    act("resolve", solution="专人跟进并减免", basis="服务承诺第三条")
    act("answer")
    act("opinion", opinion="accepted", opinion_text="")
    assert "Call the customer back" in act("close", lessons="转接须回执")
    page = act("call_back", satisfaction="5", callback_note="满意")
    assert "转接须回执" in page
    assert not Duty.objects.filter(subject_id=row.pk, subject_kind="complaint", state="open").exists()
    assert "Called back after complaint" in text_of(browser.get(f"/customers/{customer.uid}/"))


@pytest.mark.requirement("COMP-01", proof="user")
def test_a_complaint_without_content_or_with_another_customers_contact_is_refused(office: Office, page_of: Any) -> None:
    browser, customer = page_of("service"), office.firm("counter")
    stranger = a_caller(office, office.firm("counter"))
    given = {"customer": str(customer.uid), "content": "两天没人回电", "form": "spoken", "channel": "phone"}

    silent = browser.post("/complaints/new/", given | {"content": " "})
    wrong = browser.post("/complaints/new/", given | {"contact": str(stranger)})

    assert (silent.status_code, wrong.status_code) == (422, 422)
    assert not Complaint.objects.exists()


@pytest.mark.requirement("COMP-02", proof="user")
def test_the_responsible_engineer_records_cause_party_and_scope(office: Office, page_of: Any) -> None:
    row = complaint_receive(viewer=office.viewer("service"), customer=office.firm("counter").uid, content="系统常断")
    browser = page_of("engineer")
    early = browser.post(
        f"/complaints/{row.uid}/do/investigate/",
        {"version": 1, "finding": "x", "responsible_party": "y", "effect_scope": "z"},
    )
    assert "Dispatch the complaint to a department or person first." in text_of(early)
    service = page_of("service")
    service.post(f"/complaints/{row.uid}/do/dispatch/", {"version": 1, "handler": str(office.people["engineer"].uid)})
    assert row.number in text_of(browser.get("/complaints/?handler=me"))

    done = browser.post(
        f"/complaints/{row.uid}/do/investigate/",
        {"version": 2, "finding": "网关超时", "responsible_party": "网络组", "effect_scope": "三家客户"},
    )

    assert done.status_code == 302, text_of(done)[:500]
    assert "网络组" in text_of(service.get(f"/complaints/{row.uid}/"))
    assert "网络组" not in text_of(browser.get(f"/complaints/{row.uid}/")), "the full level is not the engineer's"


def test_a_program_takes_in_a_ticket_and_classifies_it(office: Office, page_of: Any) -> None:
    browser, customer = page_of("service"), office.firm("counter")
    made = browser.post(
        "/api/v1/tickets",
        {"customer": str(customer.uid), "subject": "接口超时", "channel": "email"},
        content_type="application/json",
    )
    assert made.status_code == 201, text_of(made)
    uid, version = made.json()["uid"], made.json()["version"]

    done = browser.post(
        f"/api/v1/tickets/{uid}/classify", {"version": version, "ticket_class": "technical"},
        content_type="application/json",
    )  # fmt: skip

    assert (done.status_code, done.json()["state"], done.json()["ticket_class"]) == (200, "classified", "technical")
    stale = browser.post(f"/api/v1/tickets/{uid}/take", {"version": version}, content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_an_article_is_found_by_words_pinyin_and_number_until_it_is_withdrawn(office: Office, page_of: Any) -> None:
    viewer, browser = office.viewer("engineer"), page_of("service")
    made = article_create(viewer=viewer, title="报表无法导出", problem="导出报错", solution="清空筛选")
    article_publish(viewer=viewer, uid=made.uid, version=1)
    for words in ("导出", "baobiao", made.number):
        assert str(made.uid) in text_of(browser.get("/knowledge/", {"q": words})), words

    engineer = page_of("engineer")
    engineer.post(f"/knowledge/{made.uid}/do/withdraw/", {"version": 2, "reason": "已改版"})

    assert str(made.uid) not in text_of(browser.get("/knowledge/", {"q": "导出"}))


def test_the_desk_opens_what_waits_first_and_keeps_it_open_while_it_waits(
    office: Office, moment: Clock, page_of: Any
) -> None:
    browser = page_of("service")
    assert "is-first" not in browser.get("/service/").content.decode(), "nothing waits, nothing is opened"
    moment.at(MONDAY_9)
    later = a_ticket(office, subject="发票抬头有误")
    ticket_classify(viewer=office.viewer("service"), uid=later.uid, version=1, ticket_class="commercial")
    soon = a_ticket(office)
    deliver()

    page = browser.get("/service/").content.decode()
    kept = browser.get(f"/service/?at={later.uid}").content.decode()
    queue = browser.get("/service/", HTTP_HX_TARGET="desk-queue").content.decode()

    assert f'action="/service/{soon.uid}/say/"' in page
    assert "has-ticket is-first" in page, "a phone shows the queue alone"
    assert f'action="/service/{later.uid}/say/"' in kept
    assert "/say/" not in queue
