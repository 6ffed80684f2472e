"""What a customer file and a contact must satisfy, whoever writes them: page, API, import or machine."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Model, TextField

from zhike.customers.models import Contact, Customer
from zhike.customers.models.customer import Language
from zhike.customers.rules import identity
from zhike.foundation.kit import clock, masking, typed
from zhike.foundation.kit.refusals import Invalid

CUSTOMER_FIELDS = (
    "name", "short_name", "credit_code", "industry", "staff_count", "revenue_minor", "region", "address", "phone",
    "email", "id_number", "birthday", "birthday_is_lunar", "language", "source", "core_needs", "preferences",
    "prefers_custom", "cooperation_since",
)  # fmt: skip
CONTACT_FIELDS = (
    "name", "title", "decision_role", "concerns", "phone", "email", "wechat", "birthday", "birthday_is_lunar",
    "language", "is_primary",
)  # fmt: skip
_CHECKS = {
    "phone": identity.phone,
    "email": identity.email,
    "id_number": identity.id_number,
    "credit_code": identity.credit_code,
}
_OF_PERSONS = ("id_number", "birthday", "birthday_is_lunar")
_AMOUNTS = {"staff_count": typed.LARGEST, "revenue_minor": typed.LARGEST_ID}


def customer_values(kind: str, values: Mapping[str, Any], *, is_new: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Values in normal form, and what is wrong with them by field; nothing is raised."""
    clean, problems = _checked(Customer, values, CUSTOMER_FIELDS, is_new=is_new)
    if kind not in ("firm", "person"):
        problems["kind"] = "not_an_option"
    if kind == "person":
        problems |= _masked(clean, is_new=is_new)
    if kind == "firm":
        # A firm's row is plain: identity and birthday of a human being do not belong there.
        problems |= {field: "only_for_persons" for field in _OF_PERSONS if clean.get(field)}
    for field, most in _AMOUNTS.items():
        if clean.get(field) is not None and not 0 <= clean[field] <= most:
            problems[field] = "too_small" if clean[field] < 0 else "too_large"
    return clean, problems


def contact_values(values: Mapping[str, Any], *, is_new: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """The same for a contact."""
    clean, problems = _checked(Contact, values, CONTACT_FIELDS, is_new=is_new)
    problems |= _masked(clean, is_new=is_new)
    if clean.get("decision_role") and clean["decision_role"] not in dict(_choices(Contact, "decision_role")):
        problems["decision_role"] = "not_an_option"
    return clean, problems


def own_data_checked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values that a person gives of the own self, in normal form, and what is wrong with them; nothing is raised."""
    return contact_values(values, is_new=False)


def accepted(checked: tuple[dict[str, Any], dict[str, str]]) -> dict[str, Any]:
    """The clean values. Raises Invalid naming every field that cannot be accepted."""
    clean, problems = checked
    if problems:
        raise Invalid(fields=problems)
    return clean


def _checked(
    model: type[Model], values: Mapping[str, Any], fields: Sequence[str], *, is_new: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    texts = _texts(model)
    # Text is never null in the tables: nothing given is an empty text.
    clean = {field: "" if value is None and field in texts else value for field, value in values.items()}
    problems = dict.fromkeys(sorted(set(values) - set(fields)), "unknown_field")
    for kind, check in _CHECKS.items():
        if kind in clean and kind not in problems:
            result = check(str(clean[kind] or ""))
            clean[kind] = result.value
            if result.problem:
                problems[kind] = result.problem
    if is_new or "name" in clean:
        clean["name"] = str(clean.get("name") or "").strip()
        if not clean["name"]:
            problems["name"] = "required"
    if "birthday" in clean:
        clean["birthday"] = _plain_day(clean["birthday"])
        if not _is_past_day(clean["birthday"]):
            problems["birthday"] = "not_a_date"
    if "birthday_is_lunar" in clean:
        clean["birthday_is_lunar"] = bool(clean["birthday_is_lunar"])
    if clean.get("language") and clean["language"] not in Language.values:
        problems["language"] = "not_an_option"
    for field in clean.keys() & texts.keys() - problems.keys():
        limit = texts[field]
        if limit is not None and len(clean[field]) > limit:
            problems[field] = "too_long"
    return clean, problems


def _masked(clean: Mapping[str, Any], *, is_new: bool) -> dict[str, str]:
    """Fields that hold a masked form: who sends back what was shown must not overwrite the whole value with stars.

    A new file may come from elsewhere with a masked name or address, when nobody has more than that.
    """
    kinds = ("wechat", "birthday") if is_new else ("name", "address", "wechat", "birthday")
    return {kind: "masked" for kind in kinds if masking.STAR in str(clean.get(kind) or "")}


@functools.cache
def _texts(model: type[Model]) -> Mapping[str, int | None]:
    """The model's text fields and how long each may be."""
    return {f.name: f.max_length for f in model._meta.get_fields() if isinstance(f, CharField | TextField)}


def _plain_day(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "").strip()


def _is_past_day(text: str) -> bool:
    if not text:
        return True
    try:
        return dt.date.fromisoformat(text) <= clock.today()
    except ValueError:
        return False


def _choices(model: type[Model], field: str) -> Sequence[tuple[Any, Any]]:
    return model._meta.get_field(field).choices or ()  # type: ignore[union-attr,return-value]
