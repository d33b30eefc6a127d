"""Links in words: what a text and an element say to one another, by rules, and as a model left it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from coach.language import Language
from coach.reading import Reading
from coach.review import Span
from coach.strategy.aligned import Link, Quote
from coach.strategy.elements import Element
from coach.strategy.likeness import alike, content_words
from coach.strategy.links import Strengths
from coach.strategy.words import say

if TYPE_CHECKING:
    from coach.strategy.judging import Ruled

_STRONG = 0.6
_ADDED = 0.7
_LONGEST_QUOTE = 12


def links_of(
    reading: Reading, strengths: Strengths, row: int, elements: Sequence[Element], language: Language
) -> tuple[Link, ...]:
    """Return the links of a text (by its number) that are strong enough, strongest first."""
    found = []
    for column, element in enumerate(elements):
        strength = float(strengths.rows[row, column])
        if strength < strengths.least:
            continue
        part = element.parts[int(strengths.parts[row, column])]
        said, by_word = _said(reading, part, language)
        wording = "why.strong" if strength >= _STRONG else "why.word" if by_word else "why.likely"
        found.append(_link(element, round(strength, 3), said, part, wording, language))
    return tuple(sorted(found, key=lambda link: -link.strength))


def judged(
    row: int,
    links: Sequence[Link],
    verdicts: "Mapping[tuple[int, int], Ruled]",
    elements: Sequence[Element],
    language: Language,
) -> tuple[Link, ...]:
    """Return a text's links as a model left them: the dismissed ones gone, the others in its quotes and reasons."""
    kept = {link.element: link for link in links}
    for column, element in enumerate(elements):
        ruled = verdicts.get((row, column))
        if ruled is None:
            continue
        before = kept.pop(element.at, None)
        if ruled.verdict != "dismissed":
            strength = before.strength if before else _ADDED
            link = _link(element, strength, ruled.said, ruled.asked, "why.strong", language)
            source: Literal["rule", "model"] = "rule" if before else "model"
            kept[element.at] = link.model_copy(update={"reason": ruled.reason, "source": source})
    return tuple(sorted(kept.values(), key=lambda link: -link.strength))


def _link(element: Element, strength: float, said: Span, asked: str, wording: str, language: Language) -> Link:
    layer = say(language, f"layers.{element.layer}")
    return Link(
        element=element.at,
        layer=element.layer,
        strength=strength,
        said=said,
        asked=Quote(at=element.at, text=asked),
        why=say(language, wording, said=said.text, asked=asked.rstrip("."), layer=layer),
    )


def _said(reading: Reading, part: str, language: Language) -> tuple[Span, bool]:
    """Return the words of a text that take up a part of the frame, and whether words alone show it; else all of it."""
    asked: tuple[Any, ...] = content_words(part, language)
    own = [word for word in content_words(reading.text, language) if any(alike(word.text, each.text) for each in asked)]
    if not own or own[-1].end - own[0].start > _LONGEST_QUOTE * 8:
        return whole(reading), bool(own)
    return reading.span(own[0].start, own[-1].end), True


def whole(reading: Reading) -> Span:
    """Return a text in its whole length."""
    start, end = reading.body
    text = reading.text[start:end]
    return reading.span(start + len(text) - len(text.lstrip()), start + len(text.rstrip(" .")))
