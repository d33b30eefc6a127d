"""`/v1/knowledge`: search, the passages that findings cite, and the articles."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import TenantCoachDependency
from coach.catalog import Article, ArticleText
from coach.catalog.records import Perspective
from coach.errors import NotFound
from coach.language import LANGUAGES, Language
from coach.retrieval.passages import Passage, PassageType
from coach.retrieval.search import Found, Only

router = APIRouter(tags=["knowledge"])


class SearchResult(BaseModel):
    """The passages that fit; empty where nothing does."""

    query: str
    passages: list[Found]


@router.get("/knowledge/search")
def search_knowledge(
    coach: TenantCoachDependency,
    q: Annotated[str, Query(min_length=1, max_length=2000, description="a question, a keyword or a draft")],
    language: Annotated[Literal["auto", "de", "en"], Query(description="auto: that of the query")] = "auto",
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    type: Annotated[PassageType | None, Query(description="only passages of this type")] = None,
    pattern: Annotated[str | None, Query(max_length=100, description="only what is about this pattern")] = None,
    topic: Annotated[str | None, Query(max_length=100, description="only what names this topic")] = None,
    perspective: Annotated[Perspective | None, Query(description="only this Balanced Scorecard perspective")] = None,
) -> SearchResult:
    """Find what the method says about a question, a keyword or a draft."""
    only = Only(type, pattern, topic, perspective)
    passages = coach.search.find(q, language=None if language == "auto" else language, limit=limit, only=only)
    return SearchResult(query=q, passages=passages)


@router.get("/knowledge/passages/{passage_id:path}")
def get_passage(coach: TenantCoachDependency, passage_id: str) -> Passage:
    """Return a passage by the id that citations name."""
    passage = coach.search.passage(passage_id)
    if passage is None:
        raise NotFound("passage", passage_id)
    return passage


class ArticleSummary(BaseModel):
    """An article in a list, in one language."""

    slug: str
    language: Language
    title: str
    summary: str
    topics: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]


class ArticlePage(BaseModel):
    """An article with its text in both languages, as Markdown by heading; `related` names patterns."""

    slug: str
    topics: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]
    text: dict[Language, ArticleText]


@router.get("/knowledge/articles")
def list_articles(
    coach: TenantCoachDependency,
    language: Annotated[Language | None, Query(description="left out: both")] = None,
    topic: Annotated[str | None, Query(max_length=100, description="a topic that the article names")] = None,
) -> list[ArticleSummary]:
    """List the articles, one entry a language."""
    wanted = LANGUAGES if language is None else (language,)
    articles = [article for article in coach.catalog.articles.values() if topic is None or topic in article.topics]
    return [_summary(article, each) for article in articles for each in wanted if each in article.text]


@router.get("/knowledge/articles/{slug}")
def get_article(coach: TenantCoachDependency, slug: str) -> ArticlePage:
    """Return an article."""
    article = coach.catalog.article(slug)
    return ArticlePage(
        slug=article.slug,
        topics=article.topics,
        sources=article.sources,
        related=article.related,
        text=article.text,
    )


def _summary(article: Article, language: Language) -> ArticleSummary:
    text = article.text[language]
    return ArticleSummary(
        slug=article.slug,
        language=language,
        title=text.title,
        summary=text.summary,
        topics=article.topics,
        sources=article.sources,
        related=article.related,
    )
