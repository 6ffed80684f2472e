"""Staff, customers and contacts: believable, valid, and nobody's."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import numpy as np
import phonenumbers
import pytest
from stdnum.cn import ric, uscc

from zhike.sample.company import Company
from zhike.sample.names import BRANDS, MOST_BRANDS, brands
from zhike.sample.organisation import DEPARTMENT_IDS, DEPARTMENTS, POSTS, staff
from zhike.sample.wording import cases, needs, notes

RESERVED = re.compile(r"(^|\.)example\.(com|net|org)$")
HALF_WIDTH_IN_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;?!]|[,:;?!][\u4e00-\u9fff]")


@pytest.mark.requirement("PLAT-12", proof="rule")
def test_all_twenty_five_posts_of_the_access_matrix_are_held_by_somebody(company: Company) -> None:
    matrix = tomllib.loads(resources.files("zhike.policies").joinpath("access.toml").read_text(encoding="utf-8"))
    held = {post for member in company.staff for post in member.posts}

    assert held == set(matrix["posts"])
    assert len(held) == len(POSTS) == 25


@pytest.mark.requirement("PLAT-12", proof="rule")
def test_departments_and_superiors_are_trees_with_one_top() -> None:
    members = {member.login: member for member in staff(2_000)}
    assert len(members) == len(staff(2_000))
    assert [member.login for member in members.values() if member.superior is None] == [staff(2_000)[0].login]
    for member in members.values():
        steps, at = 0, member
        while at.superior is not None:
            at, steps = members[at.superior], steps + 1
            assert steps < 5
    codes = {department.code: department for department in DEPARTMENTS}
    assert [department.code for department in DEPARTMENTS if department.parent is None] == ["hq"]
    assert all(department.parent in codes for department in DEPARTMENTS if department.parent)
    assert {member.department for member in members.values()} <= set(codes)


@pytest.mark.parametrize("department", ["sales_east", "sales_south"])
def test_both_sales_departments_have_a_lead_several_sellers_and_customer_managers(department: str) -> None:
    posts = [member.posts[0] for member in staff(2_000) if member.department == department]

    assert posts.count("sales_lead") == 1
    assert posts.count("sales_specialist") >= 3
    assert posts.count("customer_manager") >= 2


def test_somebody_holds_two_posts() -> None:
    assert any(len(member.posts) == 2 for member in staff(2_000))


def test_owners_sell_in_the_department_of_the_customer(company: Company) -> None:
    by_id = {member.staff_id: member for member in company.staff}
    customers = company.customers
    for owner, department in zip(customers.owner_id.tolist(), customers.department_id.tolist(), strict=True):
        assert by_id[owner].posts[0] in ("customer_manager", "sales_specialist")
        assert DEPARTMENT_IDS[by_id[owner].department] == department
    assert set(customers.department_id.tolist()) == {DEPARTMENT_IDS["sales_east"], DEPARTMENT_IDS["sales_south"]}


def test_seven_of_ten_customers_are_firms(company: Company) -> None:
    assert 0.67 < (company.customers.kind == "firm").mean() < 0.73


@pytest.mark.requirement("DATA-02", proof="rule")
def test_firms_have_valid_credit_codes_of_a_series_that_is_not_handed_out(company: Company) -> None:
    firms = company.customers.take(company.customers.kind == "firm")

    assert all(uscc.is_valid(code) for code in firms.credit_code)
    assert {code[8:10] for code in firms.credit_code} == {"YY"}
    assert len(set(firms.credit_code)) == len(firms)
    assert len(set(firms.name)) == len(firms)
    assert all(name.endswith("公司") for name in firms.name)
    for code in firms.credit_code:
        weights = (3, 7, 9, 10, 5, 8, 4, 2)
        check = 11 - sum(int(sign, 36) * weight for sign, weight in zip(code[8:16], weights, strict=True)) % 11
        assert code[16] == ("X" if check == 10 else str(check % 11)), code


@pytest.mark.requirement("DATA-03", proof="rule")
def test_identity_numbers_are_valid_agree_with_the_file_and_belong_to_nobody(company: Company) -> None:
    persons = company.customers.take(company.customers.kind == "person")
    shown = persons.take(persons.id_number != np.array(None))
    birthdays = {str(day).replace("-", "") for day in shown.birthday}

    assert 0.3 < len(shown) / len(persons) < 0.8
    assert all(ric.is_valid(number) for number in shown.id_number)
    assert {number[14:17] for number in shown.id_number} <= {"996", "997", "998", "999"}
    assert {number[6:14] for number in shown.id_number} == birthdays
    assert len(set(shown.id_number)) == len(shown)
    for number, gender in zip(shown.id_number, shown.gender, strict=True):
        assert (int(number[16]) % 2 == 1) == (gender == "male")


def test_telephone_numbers_are_valid_different_and_of_satellite_ranges(company: Company) -> None:
    assert company.contacts is not None
    persons = company.customers.take(company.customers.kind == "person")
    numbers = [*persons.phone, *company.contacts.phone]

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"1349\d{7}|1740[0-5]\d{6}", number) for number in numbers)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")) for number in numbers[::25])


def test_mail_and_web_addresses_are_under_reserved_domains(company: Company) -> None:
    assert company.contacts is not None
    mails = [mail for mail in (*company.customers.email, *company.contacts.email) if mail]
    sites = [site for site in company.customers.website if site]

    assert all(RESERVED.search(mail.split("@")[1]) for mail in mails)
    assert all(RESERVED.search(site) for site in sites)
    assert all(RESERVED.search(member.email.split("@")[1]) for member in company.staff)


def test_every_firm_has_one_to_four_contacts_with_one_primary_and_different_titles(company: Company) -> None:
    contacts = company.contacts
    assert contacts is not None
    firms = company.customers.customer_id[company.customers.kind == "firm"]
    who, counts = np.unique(contacts.customer_id, return_counts=True)

    assert np.array_equal(who, firms)
    assert set(counts.tolist()) == {1, 2, 3, 4}
    assert np.array_equal(contacts.customer_id[contacts.is_primary], firms)
    assert len({*zip(contacts.customer_id.tolist(), contacts.title, strict=True)}) == len(contacts)
    assert set(contacts.role) == {"decider", "influencer", "user"}


def test_brands_do_not_repeat_when_pairs_of_characters_run_out() -> None:
    number = np.concatenate([np.arange(2 * BRANDS), np.arange(85, 87)[:, None].repeat(50, 1).ravel() * BRANDS])
    number[2 * BRANDS :] += np.tile(np.arange(50), 2)
    names, _ = brands(number)

    assert len(set(names)) == len(number)
    assert {len(name) for name in names} == {2, 3, 4}


def test_a_firm_number_past_the_last_brand_is_refused() -> None:
    with pytest.raises(ValueError, match="name of their own"):
        brands(np.array([MOST_BRANDS]))


def all_pools() -> list[tuple[str, list[str]]]:
    pools: list[tuple[str, list[str]]] = []
    for person in (False, True):
        pools += [(kind, notes.notes(kind, person).tolist()) for kind in notes.KINDS]
        pools += [(word, notes.mentioning(word, person).tolist()) for word in notes.MENTIONS]
        pools += [(name, cases.tickets(name, person)[1].tolist()) for name in cases.CATEGORIES]
        pools += [(cause, cases.complaints(cause, person).tolist()) for cause in cases.CAUSES]
    return [*pools, ("needs", needs.FIRM_NEEDS.tolist()), ("needs", needs.PERSON_NEEDS.tolist())]


def test_every_kind_of_text_has_at_least_twenty_variants_in_proper_chinese() -> None:
    for name, texts in all_pools():
        assert len(set(texts)) >= 20, name
        for text in texts:
            assert not HALF_WIDTH_IN_CHINESE.search(text), text
            assert not re.search(r"[{}|]", text), text
            assert re.search(r"[。？！]$", text), text


def test_what_is_let_drop_stands_in_the_note(company: Company) -> None:
    interactions = company.interactions
    assert interactions is not None
    for word in notes.MENTIONS:
        said = {*notes.mentioning(word, False).tolist(), *notes.mentioning(word, True).tolist()}
        assert set(interactions.note[interactions.mentions == word]) <= said
    plain = interactions.note[interactions.mentions == np.array(None)]
    assert not any("价格偏高" in note or "服务响应慢" in note for note in plain)
