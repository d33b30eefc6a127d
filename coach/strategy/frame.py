"""The coach for the frame itself: what is missing, and what is there in name only. One question per note."""

import re
from collections.abc import Iterator

from coach.catalog import Catalog
from coach.language import Language, guess_language
from coach.language.numbers import find_quantities
from coach.okr import Strategy, Strict
from coach.reading import read
from coach.retrieval.passages import article_passages
from coach.review import Citation
from coach.strategy.elements import trade_offs_of
from coach.strategy.likeness import alike, content_words
from coach.strategy.words import reads, say

_MOST_KPIS = 5
_AROUND_A_FIGURE = 3
_SAME = 0.6
_LONGER_WORD = re.compile(r"[^\W\d_]{3,}")
_WORDS = re.compile(r"[^\W\d_]+")
_ARTICLE_OF = {
    "missing-purpose": "metrics-and-purpose",
    "missing-scorecard": "scorecard-to-okr",
    "missing-customer": "customer-focus",
    "kpi-without-goal": "metrics-and-purpose",
    "goal-is-figure": "kpi-or-key-result",
    "too-many-kpis": "metrics-and-purpose",
    "health-is-north-star": "guardrails",
    "missing-health_metric": "guardrails",
}
_ARTICLE = "hed-med-moal"


class Note(Strict):
    """What the coach says of the frame: where (JSON pointer), what, one question, and what it rests on."""

    at: str
    code: str
    quote: str | None = None
    message: str
    question: str
    citations: tuple[str, ...] = ()


class FrameReview(Strict):
    """What `POST /v1/strategy/review` answers."""

    language: Language
    notes: tuple[Note, ...]
    message: str | None = None
    citations: tuple[Citation, ...] = ()


class ReviewFrame:
    """Looks at frames."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, strategy: Strategy, language: Language | None = None) -> FrameReview:
        """Return the notes on a frame: what is there in name only first, then what is missing."""
        spoken = language or language_of(strategy)
        cited: dict[str, Citation] = {}
        notes = []
        for note in (*_weak(strategy, spoken), *_missing(strategy, spoken)):
            article = _ARTICLE_OF.get(note.code, _ARTICLE)
            passages = article_passages(self._catalog, article, spoken) if article in self._catalog.articles else []
            for passage in passages[:1]:
                cited[passage.id] = passage.cited()
            notes.append(note.model_copy(update={"citations": tuple(passage.id for passage in passages[:1])}))
        return FrameReview(
            language=spoken,
            notes=tuple(notes),
            message=None if notes else say(spoken, "frame.good"),
            citations=tuple(cited.values()),
        )


def language_of(strategy: Strategy) -> Language:
    """Return the language that a frame is written in."""
    texts = (strategy.purpose, strategy.vision, strategy.moal, *(goal.goal for goal in strategy.scorecard))
    return guess_language("\n".join(text for text in texts if text), default="de").language


def _note(language: Language, code: str, at: str, **slots: object) -> Note:
    quote = slots.get("quote")
    return Note(
        at=at,
        code=code,
        quote=str(quote) if quote else None,
        message=say(language, f"frame.{code}.message", **slots),
        question=say(language, f"frame.{code}.question", **slots),
    )


def _missing(strategy: Strategy, language: Language) -> Iterator[Note]:
    hed, med = strategy.hed, strategy.med
    there = {
        ("missing-purpose", "/purpose"): strategy.purpose,
        ("missing-vision", "/vision"): strategy.vision,
        ("missing-economic_logic", "/hed/economic_logic"): hed and hed.economic_logic,
        ("missing-north_star_metric", "/hed/north_star_metric"): hed and hed.north_star_metric,
        ("missing-trade_offs", "/hed/trade_offs"): (hed and hed.trade_offs) or (med and med.trade_offs),
        ("missing-health_metric", "/hed/health_metric"): (hed and hed.health_metric) or (med and med.health_metric),
        ("missing-field", "/med/field"): med and med.field,
        ("missing-worthy_rivals", "/med/worthy_rivals"): med and med.worthy_rivals,
        ("missing-moal", "/moal"): strategy.moal,
        ("missing-scorecard", "/scorecard"): strategy.scorecard,
    }
    for (code, at), value in there.items():
        if not value or (isinstance(value, str) and not value.strip()):
            yield _note(language, code, at)
    if strategy.scorecard and not any(goal.perspective == "customer" for goal in strategy.scorecard):
        yield _note(language, "missing-customer", "/scorecard")


def _weak(strategy: Strategy, language: Language) -> Iterator[Note]:
    if strategy.moal and strategy.moal.strip():
        yield from _of_moal(strategy.moal, language)
    for trade_off in trade_offs_of(strategy, reads(language, "trade_off")):
        quote = trade_off.text.rstrip(".")
        if trade_off.first is None or trade_off.second is None:
            yield _note(language, "trade-off-one-sided", trade_off.at, quote=quote)
        elif reads(language, "nobody_wants").search(trade_off.second):
            yield _note(language, "trade-off-for-free", trade_off.at, quote=quote, second=trade_off.second)
        elif not _opposed(trade_off.first, trade_off.second):
            yield _note(language, "trade-off-same", trade_off.at, quote=quote)
    north_star = strategy.hed.north_star_metric if strategy.hed else None
    for at, health in (
        ("/hed/health_metric", strategy.hed and strategy.hed.health_metric),
        ("/med/health_metric", strategy.med and strategy.med.health_metric),
    ):
        if north_star and health and same(north_star, health, language):
            yield _note(language, "health-is-north-star", at, quote=health.rstrip("."))
    for index, kpi in enumerate(strategy.kpis):
        yield _note(language, "kpi-without-goal", f"/kpis/{index}", quote=kpi)
    for index, goal in enumerate(strategy.scorecard):
        at = f"/scorecard/{index}"
        if _is_figure(goal.goal, language):
            yield _note(language, "goal-is-figure", f"{at}/goal", quote=goal.goal.rstrip("."))
        if len(goal.kpis) > _MOST_KPIS:
            yield _note(language, "too-many-kpis", f"{at}/kpis", quote=goal.goal.rstrip("."), count=len(goal.kpis))


def _of_moal(moal: str, language: Language) -> Iterator[Note]:
    """A Moal is a picture in customers' words: somebody speaks of themselves, and no figure says it all."""
    quote = moal.strip().rstrip(".")
    if _is_figure(moal, language):
        yield _note(language, "moal-a-figure", "/moal", quote=quote)
        return
    themselves = reads(language, "speech").search(moal) and reads(language, "customer_voice").search(moal)
    speaks = themselves or reads(language, "reported").search(moal)
    if not speaks or reads(language, "company_voice").search(moal):
        yield _note(language, "moal-no-picture", "/moal", quote=quote)


def _is_figure(text: str, language: Language) -> bool:
    """Whether a text is little more than a figure: a quantity and at most three words."""
    reading = read(text, language)
    quantities = [found for found in find_quantities(reading.text, reading.locale) if found.measures]
    return bool(quantities) and len(_WORDS.findall(text)) <= _AROUND_A_FIGURE


def _opposed(first: str, second: str) -> bool:
    """Whether each side of a trade-off has a word that the other lacks; small words like "new" count here."""
    left, right = (_LONGER_WORD.findall(side.lower()) for side in (first, second))
    return all(
        any(not any(alike(word, other) for other in others) for word in words)
        for words, others in ((left, right), (right, left))
    )


def same(one: str, other: str, language: Language) -> bool:
    """Whether two wordings share most of their words that carry meaning."""
    left, right = content_words(one, language), content_words(other, language)
    if not left or not right:
        return False
    common = sum(any(alike(word.text, each.text) for each in right) for word in left)
    back = sum(any(alike(word.text, each.text) for each in left) for word in right)
    return common + back >= _SAME * (len(left) + len(right))
