"""A model confirms, dismisses or adds links; code checks every word of what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel

from coach.critique.asking import Asked, Look, ask
from coach.critique.elements import LANGUAGE_NAMES
from coach.critique.fitting import fitting
from coach.critique.memory import Recollection
from coach.critique.quotes import EMPTY, bare, place_of
from coach.critique.sentence import fault_of
from coach.critique.sources import Sources
from coach.language import Language
from coach.llm import Bounds, ChatModel
from coach.prompting import open_prompt
from coach.reading import Reading
from coach.reading.normal import normalise
from coach.review import Span
from coach.strategy.elements import Element
from coach.strategy.likeness import content_words

PROMPT = "alignment"
_MOST = 200
_MOST_LINKS = 6
_TEXTS = {"said": 160, "asked": 160, "reason": 240}
_FRAME = 90


class LinkVerdict(BaseModel):
    """One verdict of the model about a text and an element."""

    element: str
    verdict: Literal["confirmed", "dismissed", "added"]
    said: str
    asked: str
    reason: str


class TextVerdicts(BaseModel):
    """The verdicts about one text: "O1", "O1.K2"."""

    text: str
    links: list[LinkVerdict]


class LinkJudgement(BaseModel):
    """What the model answers."""

    texts: list[TextVerdicts]


class Ruled(NamedTuple):
    """A verdict that holds: numbers of text and element, the words on both sides, and a reason that may be shown."""

    row: int
    column: int
    said: Span
    asked: str
    verdict: Literal["confirmed", "dismissed", "added"]
    reason: str


class Judged(NamedTuple):
    """The verdicts that hold, by text and element, how they were asked for, and the prompt's version."""

    verdicts: dict[tuple[int, int], Ruled]
    asked: Asked[list[Ruled]]
    prompt: str


class JudgeLinks:
    """The model's part of an alignment: one call for the whole draft."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    def __call__(
        self,
        texts: Mapping[str, Reading],
        elements: Sequence[Element],
        found: frozenset[tuple[int, int]],
        language: Language,
        sources: Sources,
        *,
        recollection: Recollection | None = None,
    ) -> Judged:
        """Return the verdicts on the links that rules `found` (numbers of text and element), and those added.

        Raises ModelError where there was no answer that could be read.
        """
        names = {f"E{column + 1}": column for column in range(len(elements))}
        rows = {name: row for row, name in enumerate(texts)}
        prompt = open_prompt(PROMPT)
        messages = prompt.render(
            {
                "language_name": LANGUAGE_NAMES[language],
                "frame": {name: _shown(elements[column]) for name, column in names.items()},
                "draft": {name: reading.text for name, reading in texts.items()},
                "links": {
                    name: [f"E{column + 1}" for at, column in sorted(found) if at == row] for name, row in rows.items()
                },
            }
        )
        told = messages[0].content

        def look(judgement: LinkJudgement) -> Look[list[Ruled]]:
            kept: dict[tuple[int, int], Ruled] = {}
            faults = []
            for name, verdict in _listed(judgement):
                row, column = rows.get(name), names.get(verdict.element)
                if row is None or column is None:
                    faults.append(f"{name[:20]!r} and {verdict.element[:20]!r}: is no text or no element")
                    continue
                by_rules = (row, column) in found
                ruled = _ruled(verdict, texts[name], elements[column], (row, column), language, by_rules=by_rules)
                if isinstance(ruled, Ruled) and (fault := fault_of(ruled.reason, language, sources, prompt=told)):
                    ruled = f"the reason {fault}"
                if isinstance(ruled, Ruled):
                    kept.setdefault((row, column), ruled)
                else:
                    faults.append(f"{name} and {verdict.element}: {ruled}")
            return Look(list(kept.values()), faults)

        by_rules = Counter(row for row, _ in found)
        most = min(len(names), max(_MOST_LINKS, *by_rules.values(), 0))
        fit = fitting(self._model.answer_tokens, len(rows), most, _TEXTS, frame=_FRAME)
        bounds = Bounds(
            one_of={"text": list(rows), "element": list(names)},
            at_most={"texts": fit.entries, "links": fit.parts, **fit.texts},
        )
        asked = ask(
            self._model, messages, LinkJudgement, look, version=prompt.version, bounds=bounds, recollection=recollection
        )
        return Judged({(each.row, each.column): each for each in asked.kept}, asked, prompt.version)


def _shown(element: Element) -> dict[str, object]:
    parts = [normalise(part).text for part in dict.fromkeys((element.text, *element.parts))]
    kpis = {"kpis": parts[1:]} if element.layer == "goal" and parts[1:] else {}
    return {"layer": element.layer, "text": parts[0], **kpis}


def _listed(judgement: LinkJudgement) -> Iterator[tuple[str, LinkVerdict]]:
    pairs = ((text.text, verdict) for text in judgement.texts for verdict in text.links)
    return (pair for _, pair in zip(range(_MOST), pairs, strict=False))


def _ruled(
    verdict: LinkVerdict,
    reading: Reading,
    element: Element,
    at: tuple[int, int],
    language: Language,
    *,
    by_rules: bool,
) -> Ruled | str:
    """Return the verdict with the places of its quotes, or in a few words what of it does not hold."""
    if (verdict.verdict == "added") == by_rules:
        return "the rules made this link: confirm or dismiss it" if by_rules else "the rules did not make this link"
    if not bare(verdict.said) or not bare(verdict.asked):
        return EMPTY
    said = place_of(verdict.said, reading.text)
    if said is None:
        return "`said` does not stand in the text"
    asked = next((words for part in element.parts if (words := _standing(verdict.asked, part))), None)
    if asked is None:
        return "`asked` does not stand in the element"
    if not content_words(verdict.said, language) or not content_words(asked, language):
        return "a quote holds no word that carries meaning"
    reason = " ".join(verdict.reason.split())
    return Ruled(*at, reading.span(*said), asked, verdict.verdict, reason)


def _standing(quote: str, part: str) -> str | None:
    """Return quoted words as they are written in a part of the frame."""
    normal = normalise(part)
    found = place_of(quote, normal.text)
    if found is None:
        return None
    start, end = normal.raw_span(*found)
    return part[start:end]
