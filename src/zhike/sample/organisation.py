"""The company itself: departments and staff, every post of the requirements held by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from zhike.sample import draws
from zhike.sample.draws import IntArray
from zhike.sample.names import person_names
from zhike.sample.places import EAST, SOUTH

COMPANY_NAME = "澜桥信息服务有限公司"
COMPANY_SHORT_NAME = "澜桥信息"
COMPANY_NAME_EN = "Lanqiao Information Services"
# Names of staff do not change with the seed: demo logins and tutorials name them.
_STAFF_SEED = 20


@dataclass(frozen=True)
class Department:
    """A node of the organisation chart; ``parent`` is a code, None at the top."""

    department_id: int
    code: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class StaffMember:
    """One person of the staff. ``superior`` is a login, None for the head of the company."""

    staff_id: int
    login: str
    name: str
    posts: tuple[str, ...]
    department: str
    superior: str | None
    email: str


_DEPARTMENTS = (
    ("hq", "总部", None),
    ("board", "管理层", "hq"),
    ("marketing", "市场部", "hq"),
    ("sales", "销售中心", "hq"),
    (EAST, "销售一部（华东）", "sales"),
    (SOUTH, "销售二部（华南）", "sales"),
    ("success", "客户成功部", "hq"),
    ("service", "客户服务部", "hq"),
    ("support", "技术支持部", "hq"),
    ("product", "产品部", "hq"),
    ("delivery", "实施交付部", "hq"),
    ("operations", "运营部", "hq"),
    ("analysis", "数据部", "hq"),
    ("legal", "法务部", "hq"),
    ("compliance", "合规部", "hq"),
    ("it", "IT部", "hq"),
    ("people", "人力与培训部", "hq"),
)
DEPARTMENTS = tuple(
    Department(number, code, name, parent) for number, (code, name, parent) in enumerate(_DEPARTMENTS, start=1)
)
DEPARTMENT_IDS = {department.code: department.department_id for department in DEPARTMENTS}

# department, post, how many; the first of a department leads it and reports to the general manager.
_POSTS: tuple[tuple[str, str, int], ...] = (
    ("board", "management", 2),
    ("marketing", "market_specialist", 2),
    (EAST, "sales_lead", 1),
    (EAST, "sales_specialist", 0),
    (EAST, "customer_manager", 0),
    (EAST, "sales_consultant", 1),
    (SOUTH, "sales_lead", 1),
    (SOUTH, "sales_specialist", 0),
    (SOUTH, "customer_manager", 0),
    (SOUTH, "sales_consultant", 1),
    ("success", "success_manager", 3),
    ("service", "service_supervisor", 1),
    ("service", "service_representative", 5),
    ("service", "counter_staff", 2),
    ("service", "customer_specialist", 2),
    ("support", "support_engineer", 3),
    ("support", "technical_team", 2),
    ("product", "product_manager", 2),
    ("delivery", "implementation_manager", 2),
    ("operations", "operations_analyst", 1),
    ("operations", "operations_specialist", 2),
    ("operations", "operations_planner", 1),
    ("analysis", "data_analyst", 1),
    ("analysis", "customer_analyst", 1),
    ("analysis", "data_specialist", 2),
    ("legal", "legal", 1),
    ("compliance", "compliance_specialist", 1),
    ("it", "it_team", 2),
    ("people", "training_lead", 1),
)
POSTS = tuple(dict.fromkeys(post for _, post, _ in _POSTS))

# In small firms one person wears two hats: (post, how manieth of that post) also holds …
_SECOND_POSTS = {("sales_consultant", 0): "sales_specialist", ("data_analyst", 0): "customer_analyst"}


def _head_count(post: str, fixed: int, customers: int) -> int:
    """Sellers and customer managers per sales department grow with the customers."""
    if post == "sales_specialist":
        return max(4, min(200, customers // 1_000))
    if post == "customer_manager":
        return max(3, min(100, customers // 2_000))
    return fixed


def _logins(spelled: list[str]) -> list[str]:
    """The pinyin of the name; the second of that name gets a 2."""
    seen: dict[str, int] = {}
    logins = []
    for name in spelled:
        seen[name] = seen.get(name, 0) + 1
        logins.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return logins


@cache
def staff(customers: int) -> tuple[StaffMember, ...]:
    """Everybody who works here, for a company with so many customers; the general manager first."""
    seats = [
        (department, post, number)
        for department, post, fixed in _POSTS
        for number in range(_head_count(post, fixed, customers))
    ]
    names, spelled = _distinct_names(len(seats))
    logins = _logins(spelled)
    leader: dict[str, str] = {}
    members = []
    for place, (department, post, number) in enumerate(seats):
        superior = leader.get(department, logins[0] if place else None)
        leader.setdefault(department, logins[place])
        second = _SECOND_POSTS.get((post, number))
        posts = (post, second) if second else (post,)
        email = f"{logins[place]}@lanqiao.example.com"
        members.append(StaffMember(place + 1, logins[place], names[place], posts, department, superior, email))
    return tuple(members)


def _distinct_names(count: int) -> tuple[list[str], list[str]]:
    """``count`` names and their pinyin; colleagues of one name only when there are very many."""
    rng = draws.stream(_STAFF_SEED, "staff", 0)
    names, spelled = person_names(rng, rng.integers(2, size=4 * count))
    order = list(dict.fromkeys(names.tolist()))
    pinyin = dict(zip(names.tolist(), spelled.tolist(), strict=True))
    while len(order) < count:
        order += order[: count - len(order)]
    return order[:count], [pinyin[name] for name in order[:count]]


def ids_of(customers: int, post: str, department: str | None = None) -> IntArray:
    """Staff ids of those whose first post this is, in one department or everywhere."""
    found = [
        member.staff_id
        for member in staff(customers)
        if member.posts[0] == post and department in (None, member.department)
    ]
    return np.array(found, np.int64)
