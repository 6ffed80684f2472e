"""How customers, contacts and talks with them come in from files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from zhike.customers import reference
from zhike.customers.models import Contact, Customer, Interaction
from zhike.customers.models.contact import DecisionRole
from zhike.customers.models.customer import CustomerKind, Language, Standing
from zhike.customers.models.interaction import InteractionKind
from zhike.customers.rules import identity
from zhike.customers.services import checking, contact, customer, duplicates, personal
from zhike.customers.services.interaction import interactions_remove, interactions_take
from zhike.customers.services.load import customers_load
from zhike.customers.services.load_contacts import ContactLoad, contacts_load
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.facts.store import facts_present
from zhike.foundation.records.declare import Choice, Field, Kind, Klass
from zhike.foundation.records.importer import (
    CREATED_AT,
    CREATED_BY,
    EXTERNAL_ID,
    OWNER,
    Importer,
    Key,
    Row,
    Written,
    by_column,
)

_IMPORT = Origin.IMPORT.value


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _texts(**fields: Any) -> tuple[Field, ...]:
    return tuple(Field(path, label, max_length=length) for path, (label, length) in fields.items())


# Customers.

_PLAIN = (
    "kind", "standing", "name", "short_name", "credit_code", "industry", "region", "staff_count", "revenue_minor",
    "address", "phone", "email", "id_number", "birthday", "birthday_is_lunar", "language", "source", "core_needs",
    "preferences", "prefers_custom", "cooperation_since", "external_id", "owner_id", "created_at", "created_by_id",
)  # fmt: skip
_PUBLIC = {"revenue_minor": "revenue", "owner_id": "owner", "created_by_id": "created_by"}
_SERVED = {public: column for column, public in _PUBLIC.items()}
_ASIDE = frozenset({"number", "kind", "standing", "external_id", "owner", "created_at", "created_by"})


def _served(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of the service, without what stands beside them."""
    return {_SERVED.get(key, key): value for key, value in values.items() if key not in _ASIDE}


def _customer_normal(values: dict[str, Any]) -> dict[str, Any]:
    kind = str(values.get("kind") or "firm")
    clean, _problems = checking.customer_values(kind, _served(values), is_new=False)
    return _kept(values, clean)


def _customers_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    asked = [
        duplicates.CustomerRow(
            external_id=row.values.get("external_id") or row.values.get("number", ""),
            kind=row.values.get("kind", ""), values=_served(row.values),
            owner_id=row.values.get("owner"), standing=row.values.get("standing") or Standing.PROVISIONAL.value,
            created_at=row.values.get("created_at"), created_by_id=row.values.get("created_by"), reference=str(place),
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    loaded = customers_load(viewer=viewer, rows=asked, origin=_IMPORT, keeps=True)
    taken = loaded.taken or {}
    return [
        Written(
            loaded.ids[asking.key], marks=_marks(taken[asking.key]), kept=_kept(row.values, taken[asking.key].values)
        )
        if asking.key in taken
        else _refused(loaded.refused.get(asking.key, {}))
        for row, asking in zip(rows, asked, strict=True)
    ]


def _refused(problems: Mapping[str, str]) -> Written:
    clash = next((key for key, problem in problems.items() if problem == "duplicate"), "")
    if clash:
        return Written(clash=clash)
    return Written(problems={_PUBLIC.get(key, key): problem for key, problem in problems.items()})


def _marks(checked: duplicates.Checked) -> tuple[str, ...]:
    return tuple(f"{kind}:{value!r}" for kind, value in checked.marks)


def _kept(values: Mapping[str, Any], clean: Mapping[str, Any]) -> dict[str, Any]:
    """By public names: what the service keeps in normal form, and what stands beside it."""
    aside = {key: value for key, value in values.items() if key in _ASIDE and key != "number"}
    if values.get("number") and not aside.get("external_id"):
        aside["external_id"] = values["number"]
    return aside | {_PUBLIC.get(key, key): value for key, value in clean.items()}


def _customers_present(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = list(Customer._base_manager.filter(pk__in=list(pks)).values("pk", "uid", *_PLAIN))
    persons = [row["uid"] for row in rows if row["kind"] == "person"]
    whole = vault.open_values(persons, personal.PERSONAL) if persons else {}
    return {row["pk"]: _whole(row, whole, personal.PERSONAL, row["kind"] == "person", _PUBLIC) for row in rows}


def _whole(
    row: Mapping[str, Any], vaulted: Mapping[UUID, Mapping[str, str]], kinds: Sequence[str], is_person: bool,
    public: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """A row by public names, personal values as the vault keeps them."""
    found = {public.get(key, key): value for key, value in row.items() if key not in ("pk", "uid")}
    if is_person:
        secrets = vaulted.get(row["uid"], {})
        found |= {kind: secrets.get(kind, "") for kind in kinds if kind in found}
    return found


def _customers_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    for uid in Customer.objects.filter(pk__in=list(pks)).order_by("pk").values_list("uid", flat=True):
        customer.customer_delete(viewer=viewer, uid=uid, reason="import reverted")


def _customer_update(*, viewer: Viewer, uid: UUID, version: int, **values: Any) -> Customer:
    return customer.customer_update(viewer=viewer, uid=uid, version=version, **_served(values))


def _by_blind(model: type[Any], secret: str, **more: Any) -> Callable[[Sequence[Any]], Mapping[Any, Sequence[int]]]:
    """``find`` of a key that stands in the vault: by its blind index."""

    def find(values: Sequence[Any]) -> Mapping[Any, Sequence[int]]:
        said = {vault.blind(secret, value): value for value in values}
        rows = model._default_manager.filter(deleted_at=None, **more, **{f"{secret}_blind__in": list(said)})
        found: dict[Any, list[int]] = {}
        for blind, pk in rows.order_by("pk").values_list(f"{secret}_blind", "pk"):
            found.setdefault(said[bytes(blind)], []).append(pk)
        return found

    return find


def _by_number(values: Sequence[Any]) -> Mapping[Any, Sequence[int]]:
    """By our number, else by that of the old system: people call both the customer's number."""
    ours = by_column(Customer, "number")(values)
    left = [value for value in values if value not in ours]
    return {**(by_column(Customer, "external_id")(left) if left else {}), **ours}


def _by_name(values: Sequence[Any]) -> Mapping[Any, Sequence[int]]:
    found: dict[Any, list[int]] = {}
    rows = Customer.objects.filter(deleted_at=None, kind="firm", name_normal__in=list(values)).order_by("pk")
    for name, pk in rows.values_list("name_normal", "pk"):
        found.setdefault(name, []).append(pk)
    return found


_CUSTOMER_FIELDS = (
    Field("number", _("Number"), max_length=80),
    Field("name", _("Name"), max_length=120),
    Field("kind", _("Kind"), Kind.CHOICE, choices=_choices(CustomerKind)),
    EXTERNAL_ID,
    Field("credit_code", _("Unified social credit code"), max_length=40),
    Field("short_name", _("Short name"), max_length=60),
    Field("standing", _("File status"), Kind.CHOICE, choices=_choices(Standing)),
    Field("industry", _("Industry"), Kind.CHOICE, choices=reference.INDUSTRIES),
    Field("region", _("Region"), Kind.CHOICE, choices=reference.REGIONS),
    Field("staff_count", _("Staff"), Kind.NUMBER, minimum=0),
    Field("revenue_minor", _("Yearly revenue"), Kind.MONEY, name="revenue", minimum=0),
    Field("phone", _("Phone"), max_length=40),
    Field("email", _("E-mail"), max_length=120),
    Field("address", _("Address"), max_length=200),
    Field("id_number", _("ID number"), klass=Klass.SENSITIVE, max_length=32),
    Field("birthday", _("Birthday"), Kind.DATE, level=Level.FULL),
    Field("birthday_is_lunar", _("Birthday by the lunar calendar"), Kind.BOOL, level=Level.FULL),
    Field("language", _("Language"), Kind.CHOICE, choices=_choices(Language)),
    Field("source", _("Source"), max_length=40),
    Field("core_needs", _("Core needs"), Kind.LONG_TEXT),
    Field("preferences", _("Preferences"), Kind.LONG_TEXT),
    Field("prefers_custom", _("Prefers customised service"), Kind.BOOL),
    Field("cooperation_since", _("Cooperation since"), Kind.DATE),
    OWNER,
    CREATED_AT,
    CREATED_BY,
)

CUSTOMERS = Importer(
    fields=_CUSTOMER_FIELDS,
    needs=("name", "kind"),
    keys=(
        Key("number", _by_number),
        Key("external_id", by_column(Customer, "external_id")),
        Key("credit_code", by_column(Customer, "credit_code"), lambda value: identity.credit_code(value).value),
        Key("name", _by_name, lambda value: identity.normal_name(value)[:120]),
        Key("phone", _by_blind(Customer, "phone", kind="person"), lambda value: identity.phone(value).value),
    ),
    load=_customers_load,
    present=_customers_present,
    remove=_customers_remove,
    normal=_customer_normal,
    update=_customer_update,
    changeable=tuple(_PUBLIC.get(key, key) for key in checking.CUSTOMER_FIELDS),
    past=("birthday", "cooperation_since", "created_at"),
    synonyms={
        "number": ("客户编号", "客户号", "customer no", "customer number"),
        "name": (
            "客户名称",
            "公司名称",
            "企业名称",
            "单位名称",
            "客户",
            "姓名",
            "company",
            "customer name",
            "company name",
        ),
        "kind": ("客户类型", "类型", "customer type", "type"),
        "external_id": ("原编号", "外部编号", "旧系统编号", "old id", "legacy id", "id"),
        "credit_code": ("信用代码", "社会信用代码", "税号", "纳税人识别号"),
        "short_name": ("客户简称", "公司简称"),
        "industry": ("所属行业", "行业类别"),
        "region": ("省份", "所在地区", "区域"),
        "staff_count": ("员工人数", "人数", "人员规模", "employees"),
        "revenue": ("年收入", "营业额", "turnover"),
        "phone": ("手机", "手机号", "联系电话", "电话号码", "telephone", "mobile"),
        "email": ("邮箱", "电子邮箱", "mail"),
        "address": ("联系地址", "公司地址", "详细地址"),
        "id_number": ("身份证号", "身份证", "证件号码"),
        "source": ("客户来源",),
        "core_needs": ("需求", "客户需求"),
        "cooperation_since": ("合作开始日期", "首次合作时间"),
        "owner": ("客户经理", "所属销售", "跟进人", "sales rep"),
        "created_at": ("建档时间", "建档日期", "录入时间", "创建日期"),
        "created_by": ("创建人", "录入人", "建档人"),
    },
    hint=_("Firms and persons; the kind may be one value for all rows."),
)

# Contacts.

_CONTACT_COLUMNS = (
    "customer_id", "name", "title", "decision_role", "phone", "email", "wechat", "birthday", "birthday_is_lunar",
    "language", "concerns", "is_primary", "external_id", "created_at", "created_by_id",
)  # fmt: skip
_CONTACT_PUBLIC = {"customer_id": "customer", "created_by_id": "created_by"}
_CONTACT_ASIDE = frozenset({"customer", "external_id", "created_at", "created_by"})


def _contact_normal(values: dict[str, Any]) -> dict[str, Any]:
    aside = {key: value for key, value in values.items() if key in _CONTACT_ASIDE}
    rest = {key: value for key, value in values.items() if key not in _CONTACT_ASIDE}
    clean, _problems = checking.contact_values(rest, is_new=False)
    # Which contact is the first to call is settled between the rows of a file.
    clean.pop("is_primary", None)
    return aside | clean


def _contacts_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    asked = [
        ContactLoad(
            row.values["customer"], {k: v for k, v in row.values.items() if k not in _CONTACT_ASIDE},
            row.values.get("external_id", ""), row.values.get("created_at"), row.values.get("created_by"),
        )
        for row in rows
    ]  # fmt: skip
    loaded = contacts_load(viewer=viewer, rows=asked, origin=_IMPORT)
    return [Written(one) if isinstance(one, int) else Written(problems=one) for one in loaded]


def _contacts_present(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = list(Contact._base_manager.filter(pk__in=list(pks)).values("pk", "uid", *_CONTACT_COLUMNS))
    whole = vault.open_values([row["uid"] for row in rows], contact.PERSONAL)
    return {row["pk"]: _whole(row, whole, contact.PERSONAL, True, _CONTACT_PUBLIC) for row in rows}


def _contacts_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    for uid in Contact.objects.filter(pk__in=list(pks)).order_by("pk").values_list("uid", flat=True):
        contact.contact_delete(viewer=viewer, uid=uid, reason="import reverted")


CONTACTS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("name", _("Name"), max_length=64),
        Field("title", _("Job title"), max_length=60),
        Field("decision_role", _("Decision role"), Kind.CHOICE, choices=_choices(DecisionRole)),
        Field("phone", _("Phone"), max_length=40),
        Field("email", _("E-mail"), max_length=120),
        Field("wechat", _("WeChat"), max_length=60),
        Field("birthday", _("Birthday"), Kind.DATE, level=Level.FULL),
        Field("birthday_is_lunar", _("Birthday by the lunar calendar"), Kind.BOOL, level=Level.FULL),
        Field("language", _("Language"), Kind.CHOICE, choices=_choices(Language)),
        Field("concerns", _("Concerns"), Kind.LONG_TEXT),
        Field("is_primary", _("Primary contact"), Kind.BOOL),
        EXTERNAL_ID,
        CREATED_AT,
        CREATED_BY,
    ),
    needs=("customer", "name"),
    keys=(
        Key("external_id", by_column(Contact, "external_id")),
        Key("phone", _by_blind(Contact, "phone"), lambda value: identity.phone(value).value),
        Key("email", _by_blind(Contact, "email"), lambda value: identity.email(value).value),
    ),
    load=_contacts_load,
    present=_contacts_present,
    remove=_contacts_remove,
    normal=_contact_normal,
    update=contact.contact_update,
    changeable=tuple(key for key in checking.CONTACT_FIELDS if key != "is_primary"),
    past=("birthday", "created_at"),
    synonyms={
        "name": ("联系人", "联系人姓名", "姓名", "contact", "contact name"),
        "title": ("职务", "岗位", "position", "job title"),
        "phone": ("手机", "手机号", "联系人电话", "联系电话", "mobile"),
        "email": ("邮箱", "电子邮箱", "mail"),
        "wechat": ("微信号", "wechat id"),
        "customer": ("公司", "所属客户", "company", "account"),
    },
    hint=_("Import the customers first: each contact names its customer."),
)

# Follow-ups.

_TALK = {
    "customer": "customer_id", "kind": "kind", "direction": "direction", "at": "at", "feedback": "feedback",
    "change_in_needs": "change_in_needs", "next_action": "next_action", "next_on": "next_on", "owner": "owner_id",
    "external_id": "external_id", "created_at": "created_at", "created_by": "created_by_id",
}  # fmt: skip
_SAID = ("feedback", "change_in_needs", "next_action")


def _interactions_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    fit = [row for row in rows if any(row.values.get(key) for key in _SAID)]
    pks = iter(interactions_take(
        viewer=viewer, rows=[{_TALK[key]: value for key, value in row.values.items()} for row in fit], origin=_IMPORT
    ))  # fmt: skip
    good = {id(row) for row in fit}
    return [Written(next(pks)) if id(row) in good else Written(problems={"feedback": "required"}) for row in rows]


INTERACTIONS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("kind", _("Kind"), Kind.CHOICE, choices=_choices(InteractionKind)),
        Field("direction", _("Direction"), Kind.CHOICE,
              choices=(Choice("out", _("outgoing")), Choice("in", _("incoming")))),
        Field("at", _("Time"), Kind.DATETIME),
        Field("feedback", _("Customer feedback"), Kind.LONG_TEXT),
        Field("change_in_needs", _("Change in needs"), Kind.LONG_TEXT),
        Field("next_action", _("Next action"), max_length=200),
        Field("next_on", _("Next date"), Kind.DATE),
        Field("owner_id", _("By"), Kind.PERSON),
        EXTERNAL_ID,
        CREATED_AT,
        CREATED_BY,
    ),
    needs=("customer", "kind", "at"),
    keys=(Key("external_id", by_column(Interaction, "external_id")),),
    load=_interactions_load,
    present=facts_present(Interaction, _TALK),
    remove=interactions_remove,
    past=("at", "created_at"),
    synonyms={
        "kind": ("跟进方式", "联系方式", "类型", "type"),
        "at": ("跟进时间", "跟进日期", "日期", "date"),
        "feedback": ("跟进内容", "沟通内容", "内容", "notes", "note"),
        "next_on": ("下次跟进时间", "下次跟进日期"),
        "owner": ("跟进人", "员工", "销售"),
    },
    hint=_("What was said with customers in the old system. It is history: no duty is met by it."),
)  # fmt: skip
