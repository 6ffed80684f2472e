"""Knowledge: drafted from a solved ticket, written, published, found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from zhike.customers.public import numbers_take
from zhike.events.serve import ArticleDropped, KnowledgePublished
from zhike.foundation import outbox, search
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.serve.models import Article, Ticket
from zhike.serve.models.article import ArticleState
from zhike.serve.refusals import ArticleNotDraft, ArticleNotPublished, ArticlePublished
from zhike.serve.services.writing import held, made, required, saved

KIND = "article"
_WRITTEN = ("title", "problem", "solution", "keywords", "ticket_class", "is_public")


def article_draft(viewer: Viewer, ticket: Ticket, solution: str, now: dt.datetime) -> Article:
    """The draft of an article about a new problem, filled from the ticket. Inside the caller's transaction.

    A ticket solved again goes on with the draft that stands; words somebody wrote there themselves are kept.
    """
    drafts = Article.objects.select_for_update(of=("self",)).filter(ticket=ticket, deleted_at=None)
    if (standing := drafts.filter(state=ArticleState.DRAFT).order_by("-id").first()) is not None:
        if standing.solution == ticket.solution:
            saved(viewer, standing, "article.update", {"solution": solution}, at=now)
        return standing
    return _inserted(
        viewer,
        Article(
            title=ticket.subject, problem=ticket.content or ticket.subject, solution=solution,
            ticket_class=ticket.ticket_class, ticket=ticket, created_at=now,
        ),
    )  # fmt: skip


@transaction.atomic
def article_create(*, viewer: Viewer, title: str, problem: str, solution: str, **values: Any) -> Article:
    """Begin an article by hand. Raises: Forbidden, Invalid."""
    viewer.require(Area.TICKETS, Level.EDIT)
    required(title=title, problem=problem, solution=solution)
    return _inserted(viewer, Article(title=title.strip(), problem=problem, solution=solution, **_known(values)))


@transaction.atomic
def article_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Article:
    """Change the words of an article; a published one is found by the new ones at once.

    Raises: NotFound, Forbidden, Stale, Invalid.
    """
    article = held(viewer, Article, Area.TICKETS, uid, version)
    changes = _known(changes)
    required(**{key: str(changes[key]) for key in ("title", "problem", "solution") if key in changes})
    saved(viewer, article, "article.update", changes, at=clock.now())
    if article.state == ArticleState.PUBLISHED:
        index([article])
    return article


@transaction.atomic
def article_publish(*, viewer: Viewer, uid: UUID, version: int, is_public: bool | None = None) -> Article:
    """Let everybody who answers customers find the article; with ``is_public`` customers in the portal, too.

    Raises: NotFound, Forbidden, Stale, Invalid, ArticlePublished.
    """
    article = held(viewer, Article, Area.TICKETS, uid, version)
    if article.state == ArticleState.PUBLISHED:
        raise ArticlePublished()
    required(title=article.title, problem=article.problem, solution=article.solution)
    now = clock.now()
    after = {"state": ArticleState.PUBLISHED.value, "published_at": now, "is_public": bool(is_public)}
    saved(viewer, article, "article.publish", after, at=now)
    index([article])
    customer_id = article.ticket.customer_id if article.ticket is not None else None
    outbox.publish(
        KnowledgePublished(
            customer_id=customer_id,
            article_id=article.pk, ticket_id=article.ticket_id, is_public=article.is_public,
            person_id=viewer.person_id, at=now,
        )
    )  # fmt: skip
    return article


@transaction.atomic
def article_discard(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Article:
    """Give up a draft that nobody needs: the duty to write it falls away.

    Raises: NotFound, Forbidden, Stale, Invalid, ArticleNotDraft.
    """
    article = held(viewer, Article, Area.TICKETS, uid, version)
    required(reason=reason)
    if article.state != ArticleState.DRAFT:
        raise ArticleNotDraft(state=article.state)
    now = clock.now()
    saved(viewer, article, "article.discard", {"state": ArticleState.WITHDRAWN.value}, at=now, reason=reason)
    customer_id = article.ticket.customer_id if article.ticket is not None else None
    dropped = {"customer_id": customer_id, "article_id": article.pk, "ticket_id": article.ticket_id}
    outbox.publish(ArticleDropped(**dropped, person_id=viewer.person_id, at=now))
    return article


@transaction.atomic
def article_withdraw(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Article:
    """Take an article that no longer holds out of search and portal.

    Raises: NotFound, Forbidden, Stale, Invalid, ArticleNotPublished.
    """
    article = held(viewer, Article, Area.TICKETS, uid, version)
    required(reason=reason)
    if article.state != ArticleState.PUBLISHED:
        raise ArticleNotPublished()
    after = {"state": ArticleState.WITHDRAWN.value, "is_public": False}
    saved(viewer, article, "article.withdraw", after, at=clock.now(), reason=reason)
    search.remove(KIND, [article.pk])
    return article


def article_used(article: Article) -> None:
    """Count that the article solved another ticket. Inside the caller's transaction."""
    Article.objects.filter(pk=article.pk).update(used_count=F("used_count") + 1)


def index(articles: Iterable[Article]) -> None:
    """Let published articles be found by number, title, problem and keywords."""
    search.index(
        KIND,
        {
            one.pk: {token for text in texts_of(one) for token in search.tokens_of(text)}
            for one in articles
            if one.state == ArticleState.PUBLISHED
        },
    )


def texts_of(article: Article) -> tuple[str, ...]:
    """The texts by which an article is found."""
    return (article.number, article.title, article.keywords, article.problem)


def _inserted(viewer: Viewer, article: Article) -> Article:
    article.number = f"ZS{numbers_take('article')[0]:06d}"
    article.owner_id, article.department_id = viewer.person_id, viewer.department_id
    made(viewer, article, "article.create", {"number": article.number, "title": article.title})
    return article


def _known(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := {key: "unknown_field" for key in values if key not in _WRITTEN}:
        raise Invalid(fields=unknown)
    return values
