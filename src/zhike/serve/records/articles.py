"""Knowledge articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation import search
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.serve.models import Article
from zhike.serve.models.article import ArticleState
from zhike.serve.records.words import CLASSES
from zhike.serve.services import article

_LOOKS = {"draft": ("warn", "pencil"), "published": ("good", "book-2"), "withdrawn": ("neutral", "eye-off")}
_STATES = tuple(Choice(v, label, *_LOOKS[v]) for v, label in ArticleState.choices)


def _matching(_viewer: Any, ids: Sequence[int], words: str) -> list[int]:
    """Those that really contain the words: tokens find a little too much."""
    found = Article.objects.in_bulk(ids)
    return [pk for pk in ids if pk in found and search.matches(list(article.texts_of(found[pk])), words)]


KNOWLEDGE = register(
    RecordType(
        model=Article, code="knowledge", area=Area.TICKETS, title=_("Knowledge article"),
        plural=_("Knowledge base"), icon="book-2", section="serve", order=75, name_field="title",
        search=article.KIND, search_hint=_("Words of the problem"), recheck=_matching,
        empty=_("Example: report cannot be exported; delete the filter and export again."),
        fields=(
            Field("title", pgettext_lazy("article", "Title"), editable=True, required=True, max_length=200),
            Field("number", _("Article number")),
            Field("state", _("State"), Kind.BADGE, choices=_STATES, filterable=True),
            Field("ticket_class", _("Class"), Kind.CHOICE, choices=CLASSES, filterable=True, editable=True),
            Field("problem", _("Problem"), Kind.LONG_TEXT, editable=True, required=True),
            Field("solution", _("Solution"), Kind.LONG_TEXT, editable=True, required=True),
            Field("keywords", _("Keywords"), editable=True, max_length=200,
                  help=_("Other words by which colleagues look for it.")),
            Field("is_public", _("Shown in the portal"), Kind.BOOL, filterable=True, editable=True, on_create=False),
            Field("used_count", _("Times used"), Kind.NUMBER),
            Field("owner_id", _("Author"), Kind.PERSON, filterable=True),
            Field("ticket", _("From ticket"), Kind.RELATION, relation="tickets", relation_label="number"),
            Field("published_at", _("Published"), Kind.DATETIME),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("title", "number", "state", "ticket_class", "is_public", "used_count", "owner", "created_at"),
        card=("number", "state"),
        default_sort="created_at",
        sorts=(Sort("created_at", descending=True), Sort("used_count", descending=True)),
        sections=(
            Section(_("Article"), ("title", "problem", "solution", "keywords", "ticket_class", "is_public")),
            Section(_("Use"), ("state", "number", "used_count", "owner", "ticket", "published_at", "created_at")),
        ),
        views=(
            View("all", _("All")),
            View("draft", _("Drafts"), {"state": "draft"}),
            View("mine", _("My drafts"), {"state": "draft", "owner": "me"}),
        ),
        create=article.article_create, update=article.article_update,
        acts=(
            Act("publish", _("Publish"), "book-upload", article.article_publish, is_main=True,
                fields=(Field("is_public", _("Show it to customers in the portal, too"), Kind.BOOL),),
                when=lambda _viewer, row: row.state != ArticleState.PUBLISHED,
                asks=_("Colleagues find it at once, at intake and in the search."), done=_("Published.")),
            Act("discard", _("Discard the draft"), "trash", article.article_discard,
                fields=(Field("reason", _("Why it is not needed"), required=True, max_length=200),),
                when=lambda _viewer, row: row.state == ArticleState.DRAFT, done=_("Discarded.")),
            Act("withdraw", _("Take out of use"), "eye-off", article.article_withdraw,
                fields=(Field("reason", _("Why it no longer holds"), required=True, name="reason"),),
                when=lambda _viewer, row: row.state == ArticleState.PUBLISHED, done=_("Withdrawn.")),
        ),
        steps="state", duty_subject="article",
    )
)  # fmt: skip
