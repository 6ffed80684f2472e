"""How people and departments are listed, shown and changed: they stand in foundation, which knows no record types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.functional import lazystr
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access import chart, people, staff
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import posts_held
from zhike.foundation.kit import clock
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Sort, View, names, register, taglist
from zhike.foundation.records.tags import known as tags
from zhike.foundation.records.tags.models import Tag, TagState, Tone

DECIDERS = ("it_team", "management")
LANGUAGES = (Choice("zh-hans", _("Chinese")), Choice("en", _("English")))


class _Title:
    """A post's title in the language of whoever reads it."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return posts()[self.code].title.said_in(get_language() or "en")


def _forgetting(service: Callable[..., Any]) -> Callable[..., Any]:
    """Names of people and departments are kept in the process: what was renamed is read again at once."""

    def run(**given: Any) -> Any:
        made = service(**given)
        names.forget()
        return made

    return run


def _person_create(
    *, viewer: Any, username: str, name: str, department: int | None = None, superior: int | None = None, **more: Any
) -> Person:
    return people.person_add(
        viewer=viewer, username=username.strip(), name=name.strip(), post_codes=(),
        department=Department.objects.filter(pk=department).first(),
        superior=Person.objects.filter(pk=superior).first(), **{k: v for k, v in more.items() if v},
    )  # fmt: skip


def _department_create(*, viewer: Any, name: str, parent: int | None = None) -> Department:
    return people.department_add(viewer=viewer, name=name.strip(), parent=Department.objects.filter(pk=parent).first())


def _posts(codes: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, lazystr(_Title(code))) for code in codes)


def _reason() -> Field:
    return Field("reason", _("Reason"), Kind.LONG_TEXT, max_length=500)


def _to_give(viewer: Any, row: Person) -> tuple[Field, ...]:
    held = posts_held(row, clock.today())
    decides = viewer.may(Area.SETTINGS, Level.APPROVE)
    free = [code for code in posts() if code not in held and (decides or not people.rules_rights(code))]
    until = Field("until", _("Until (empty: without end)"), Kind.DATE)
    return Field("post", _("Post"), Kind.CHOICE, choices=_posts(free), required=True), until, _reason()


def _to_take(_viewer: Any, row: Person) -> tuple[Field, ...]:
    held = _posts(posts_held(row, clock.today()))
    return Field("post", _("Post"), Kind.CHOICE, choices=held, required=True), _reason()


def _is_colleague(viewer: Any, row: Person) -> bool:
    return bool(row.is_active and row.pk != viewer.person_id)


PEOPLE = register(
    RecordType(
        model=Person,
        code="people",
        area=Area.SETTINGS,
        title=_("Member of staff"),
        plural=pgettext_lazy("people", "Staff"),
        icon="users-group",
        section="settings",
        order=21,
        empty=_("Example: Chen Min, sales department one, customer manager."),
        fields=(
            Field("name", _("Name"), editable=True, required=True, max_length=64),
            Field("username", _("Login name"), editable=True, required=True, max_length=64, on_edit=False),
            Field("email", _("E-mail"), editable=True, max_length=120),
            Field("department_id", _("Department"), Kind.DEPARTMENT, editable=True, filterable=True),
            Field("superior_id", _("Superior"), Kind.PERSON, editable=True, filterable=True),
            Field("language", _("Language"), Kind.CHOICE, choices=LANGUAGES, editable=True),
            Field("is_active", _("Account open"), Kind.BOOL, filterable=True),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "username", "department", "superior", "is_active", "created_at"),
        card=("department", "is_active"),
        default_sort="name",
        sorts=(Sort("name"), Sort("username"), Sort("created_at", descending=True)),
        views=(
            View("all", _("All")),
            View("here", _("Account open"), {"is_active": "1"}),
            View("left", _("Account closed"), {"is_active": "0"}),
        ),
        create=_forgetting(_person_create),
        update=_forgetting(staff.person_update),
        acts=(
            Act("give_post", _("Give a post"), "user-plus", staff.post_give, _to_give, _is_colleague, DECIDERS,
                level=Level.BASIC, is_main=True, asks=_("The post counts from the next click of this person.")),
            Act("take_post", _("Take a post away"), "x", staff.post_take, _to_take,
                lambda viewer, row: _is_colleague(viewer, row) and bool(posts_held(row, clock.today())), DECIDERS,
                level=Level.BASIC, asks=_("The rights of the post end at once.")),
            Act("deactivate", _("Close the account"), "lock", staff.person_deactivate,
                (Field("receiver", _("Who takes over customers and duties"), Kind.PERSON), _reason()),
                _is_colleague, DECIDERS, level=Level.BASIC,
                destroys=_("This person can no longer sign in; customers and duties pass to whom you choose.")),
            Act("reactivate", _("Open the account again"), "restore", staff.person_reactivate, (_reason(),),
                lambda _viewer, row: not row.is_active, DECIDERS, level=Level.BASIC),
        ),
    )
)  # fmt: skip

DEPARTMENTS = register(
    RecordType(
        model=Department,
        code="departments",
        area=Area.SETTINGS,
        title=_("Department"),
        plural=_("Departments"),
        icon="schema",
        section="settings",
        order=22,
        empty=_("Example: Sales department one, below Sales."),
        fields=(
            Field("name", _("Name"), editable=True, required=True, max_length=80),
            Field("parent_id", _("Stands below"), Kind.DEPARTMENT, editable=True, filterable=True, name="parent",
                  help=_("Everything below moves along, and who sees what follows at once.")),
            Field("depth", _("Level"), Kind.NUMBER),
        ),
        list_columns=("name", "parent", "depth"),
        card=("parent",),
        default_sort="name",
        sorts=(Sort("name"), Sort("depth")),
        create=_forgetting(_department_create),
        update=_forgetting(chart.department_update),
    )
)  # fmt: skip


def person_of(uid: UUID) -> Person | None:
    """A member of staff by uid."""
    return Person.objects.select_related("department", "superior").filter(uid=uid).first()


def _is_tag(*states: str) -> Callable[[Any, Any], bool]:
    return lambda _viewer, row: row.state in states


def _others(_viewer: Any, row: Tag) -> tuple[Field, ...]:
    open_ones = tuple(one for one in tags.choices() if not one.is_past and one.code != row.code)
    return (Field("into", _("Tag that stays"), Kind.CHOICE, choices=open_ones, required=True, name="into"),)


_TAG_STATES = {TagState.USED: ("good", "check"), TagState.RETIRED: ("neutral", "archive"),
               TagState.MERGED: ("info", "git-merge")}  # fmt: skip
TAGS = register(
    RecordType(
        model=Tag, code="tags", area=Area.STRATEGY, title=_("Tag"), plural=_("Tags"), icon="tag", section="customers",
        order=46, name_field="title_zh",
        empty=_("Example: price-sensitive, yellow, put on customers who asked for a discount twice."),
        fields=(
            Field("title_zh", _("Name in Chinese"), editable=True, required=True, max_length=30),
            Field("title_en", _("Name in English"), editable=True, max_length=40,
                  help=_("Without one the Chinese name is shown.")),
            Field("tone", _("Colour"), Kind.BADGE, editable=True, filterable=True,
                  choices=tuple(Choice(value, label, value) for value, label in Tone.choices)),
            Field("meaning", _("When it is put on"), Kind.LONG_TEXT, editable=True, max_length=200),
            Field("state", _("State"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(value, label, *_TAG_STATES[value]) for value, label in TagState.choices)),
            Field("code", _("Name for programs")),
            Field("owner_id", _("Added by"), Kind.PERSON),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("title_zh", "title_en", "tone", "state", "meaning", "owner"), card=("tone", "state"),
        default_sort="created_at", sorts=(Sort("created_at", descending=True),),
        views=(View("used", _("In use"), {"state": "used"}), View("all", _("All"))),
        create=taglist.tag_create, update=taglist.tag_update,
        acts=(
            Act("merge", _("Merge into another"), "git-merge", taglist.tag_merge, _others, _is_tag("used", "retired"),
                asks=_("Wherever this tag stands, the other one is read instead: in lists, filters and rules."),
                done=_("Merged. Bring it back to part them again.")),
            Act("retire", _("Retire"), "archive", taglist.tag_retire, when=_is_tag("used"),
                done=_("Retired. It stays where it stands and is put on nothing new.")),
            Act("return", _("Bring back"), "restore", taglist.tag_return, when=_is_tag("retired", "merged"),
                done=_("In use again.")),
        ),
    )
)  # fmt: skip
