"""Readiness: a self-check of an organisation on three honest questions, six success factors, do's and don'ts.

Answers are words or a scale; an organisation answers as one, nobody is named, nothing is stored.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from coach.catalog import Catalog
from coach.catalog.records import Slug, Words
from coach.embedding import Embedder
from coach.errors import InputError, Problem
from coach.language import Language
from coach.okr import Notes, Strict
from coach.retrieval.passages import article_passages
from coach.review import Citation
from coach.strategy.links import read_spaces
from coach.strategy.words import say

_ITEMS = Path(__file__).parent / "texts" / "readiness.yaml"
_APART = 0.06
_HIGH, _LOW = 4, 2
_STUMBLING = 2
_LONGEST_QUOTE = 160

Group = Literal["question", "factor", "do", "dont"]
When = Literal["week", "month", "quarter"]


class ItemText(Strict):
    """An item in one language."""

    name: Words
    ask: Words
    low: Annotated[tuple[Words, ...], Field(min_length=2)]
    high: Annotated[tuple[Words, ...], Field(min_length=2)]
    step: Words


class Item(Strict):
    """One question of the self-check."""

    id: Slug
    group: Group
    sources: tuple[str, ...]
    articles: tuple[Slug, ...]
    when: When
    de: ItemText
    en: ItemText

    def in_language(self, language: Language) -> ItemText:
        """Return the item in one language."""
        text: ItemText = getattr(self, language)
        return text


class Answer(Strict):
    """An answer on the scale (1–5), in words, or both; the scale counts before the words."""

    scale: Annotated[int, Field(ge=1, le=5)] | None = None
    text: Notes | None = None


class ReadinessRequest(Strict):
    """The answers of an organisation by item."""

    language: Language = "de"
    answers: dict[str, Answer] = Field(default_factory=dict)


class Standing(Strict):
    """Where an organisation stands in an item: 1–5, None where nothing was said or the words leave it open."""

    id: str
    group: Group
    name: str
    ask: str
    level: Annotated[int, Field(ge=1, le=5)] | None
    heard: str | None = None
    message: str | None = None
    says: str | None = None
    citations: tuple[str, ...] = ()


class Step(Strict):
    """A first step of the plan, and how soon."""

    when: When
    item: str
    text: str


class Readiness(Strict):
    """What `POST /v1/readiness` answers: stumbling blocks first in `blocks`, the plan by time."""

    language: Language
    standings: tuple[Standing, ...]
    blocks: tuple[str, ...]
    plan: tuple[Step, ...]
    message: str
    citations: tuple[Citation, ...]


@cache
def items() -> tuple[Item, ...]:
    """Return the items of the self-check in their order."""
    content = yaml.load(_ITEMS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(Item.model_validate(entry) for entry in content["items"])


class CheckReadiness:
    """Says where stumbling blocks lie."""

    def __init__(self, catalog: Catalog, embedder: Embedder | None) -> None:
        self._catalog = catalog
        self._embedder = embedder

    def __call__(self, request: ReadinessRequest) -> Readiness:
        """Return the standing in every item, and a plan; raise InputError for an unknown item."""
        known = {item.id for item in items()}
        if unknown := [name for name in request.answers if name not in known]:
            raise InputError(
                [Problem(f"/answers/{name}", "is no item of the self-check", "unknown-item") for name in unknown]
            )
        language = request.language
        cited: dict[str, Citation] = {}
        standings = [self._standing(item, request.answers, language, cited) for item in items()]
        levels = {standing.id: standing.level for standing in standings}
        blocks = sorted(
            (name for name, level in levels.items() if level is not None and level <= _STUMBLING),
            key=lambda name: levels[name] or 0,
        )
        soon = ("week", "month", "quarter")
        plan = [
            Step(when=item.when, item=item.id, text=item.in_language(language).step)
            for item in sorted(items(), key=lambda item: soon.index(item.when))
            if item.id in blocks
        ]
        return Readiness(
            language=language,
            standings=tuple(standings),
            blocks=tuple(blocks),
            plan=tuple(plan),
            message=say(language, "readiness.lead" if not request.answers else "readiness.none")
            if not blocks
            else say(
                language,
                "readiness.several" if len(blocks) > 1 else "readiness.stumbling",
                name=", ".join(s.name for s in standings if s.id in blocks),
            ),
            citations=tuple(cited.values()),
        )

    def _standing(
        self, item: Item, answers: Mapping[str, Answer], language: Language, cited: dict[str, Citation]
    ) -> Standing:
        text, answer = item.in_language(language), answers.get(item.id, Answer())
        said = " ".join((answer.text or "").split())
        level = answer.scale or (self._heard(said, item, language) if said else None)
        message = heard = None
        if level is None:
            message = say(language, "readiness.unsure" if said else "readiness.open", name=text.name)
        elif said and answer.scale is None:
            heard = say(language, "readiness.heard", quote=said[:_LONGEST_QUOTE], level=level)
        if level is not None and level <= _STUMBLING:
            message = say(language, "readiness.stumbling", name=text.name)
        explained = level is None or level <= _STUMBLING
        says, passages = self._says(item, language, cited) if explained else (None, ())
        return Standing(
            id=item.id,
            group=item.group,
            name=text.name,
            ask=text.ask,
            level=level,
            heard=heard,
            message=message,
            says=says,
            citations=passages,
        )

    def _heard(self, said: str, item: Item, language: Language) -> int | None:
        """Return 2 or 4 where the words are plainly nearer to one side, else None: then the scale is asked for."""
        if self._embedder is None:
            return None
        text = item.in_language(language)
        rows = read_spaces()[language].placed(self._embedder.embed_queries([said, *text.low, *text.high]))
        near = rows[1:] @ rows[0]
        low, high = float(near[: len(text.low)].max()), float(near[len(text.low) :].max())
        if abs(high - low) < _APART:
            return None
        return _HIGH if high > low else _LOW

    def _says(self, item: Item, language: Language, cited: dict[str, Citation]) -> tuple[str | None, tuple[str, ...]]:
        """Return what the first of the item's articles says in short, and the passages cited."""
        summary, found = None, []
        for slug in item.articles:
            article = self._catalog.articles.get(slug)
            if article is None or language not in article.text:
                continue
            summary = summary or article.text[language].summary
            for passage in article_passages(self._catalog, slug, language)[:1]:
                cited[passage.id] = passage.cited()
                found.append(passage.id)
        return summary, tuple(found)
