"""Judge: a model confirms, dismisses or adds findings; code checks every word of what it says."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from coach.catalog import Catalog
from coach.critique.asking import Asked, Look, ask
from coach.critique.detect import Detection
from coach.critique.elements import LANGUAGE_NAMES, elements_of, name_of, pointer_to
from coach.critique.fitting import fitted, fitting
from coach.critique.ground import Ground
from coach.critique.memory import Recollection
from coach.critique.orders import Orders, orders_of
from coach.critique.sources import Sources
from coach.critique.verdicts import Given, Judgement, Verdict, read_verdicts
from coach.detectors import DraftSubject, Hit, Place
from coach.feedback import Example
from coach.language import Language
from coach.llm import Bounds, ChatModel
from coach.prompting import open_prompt
from coach.review import Dismissed, Level

_MODEL_CONFIDENCE = 0.8
_MEANINGS = (300, 100, 0)
_MOST_FINDINGS = 4
_TEXTS = {"reason": 240, "quote": 160}
_FRAME = 90


class Judged(NamedTuple):
    """The detections after judging, what was dismissed, how it was asked, and the prompt's version."""

    detections: list[Detection]
    dismissed: tuple[Dismissed, ...]
    asked: Asked[list[Verdict]]
    prompt: str


class Judge:
    """The third room, with a model.

    Pages of an organisation's own may give orders like anything that is typed; what does is not shown to the model.
    """

    def __init__(self, catalog: Catalog, ground: Ground, model: ChatModel) -> None:
        self._catalog = catalog
        self._ground = ground
        self._model = model
        self._orders = orders_of(catalog)

    def __call__(
        self,
        detections: Sequence[Detection],
        subject: DraftSubject,
        language: Language,
        sources: Sources,
        *,
        may_dismiss: bool = True,
        examples: Sequence[Example] = (),
        recollection: Recollection | None = None,
    ) -> Judged:
        """Return the detections that stand, with those that the model added.

        `examples`: what the tenant said of findings before.
        `may_dismiss`: False where the draft gives orders, which may have reached the model.
        """
        slugs = dict.fromkeys(detection.pattern.slug for detection in detections)
        cited = (passage for slug in slugs for passage in self._ground.passages_for(slug, language))
        passages = {p.id: p for p in cited if not _gives_orders(self._orders, f"{p.heading}\n{p.text}")}
        listed = self._listed(subject, language)
        names = dict(elements_of(subject))
        found = [d for d in detections if d.place.objective is not None]
        prompt = open_prompt("judge")
        inputs = {
            "language_name": LANGUAGE_NAMES[language],
            "patterns": _briefly(listed, _MEANINGS[0]),
            "passages": [{"id": p.id, "heading": p.heading, "text": p.text} for p in passages.values()],
            "draft": {name: subject.reading_at(place).text for name, place in names.items()},
            "examples": [_shown(example) for example in examples],
            "findings": [{"element": name_of(d.place), "pattern": d.pattern.slug} for d in found],
        }
        shorter: list[Mapping[str, Any]] = [{"passages": []}]
        shorter += [{"patterns": _briefly(listed, most)} for most in _MEANINGS[1:]]
        messages = fitted(prompt, inputs, [*shorter, {"examples": []}], self._model.prompt_tokens)
        given = Given(
            subject=subject,
            places=names,
            found=frozenset((d.place, d.pattern.slug) for d in found),
            citations=frozenset(passages) | {pattern["passage"] for pattern in listed} - {""},
            language=language,
            sources=sources,
            prompt=messages[0].content,
        )

        def look(judgement: Judgement) -> Look[list[Verdict]]:
            return Look(*read_verdicts(judgement, given, self._catalog))

        fit = fitting(self._model.answer_tokens, len(names), _MOST_FINDINGS, _TEXTS, frame=_FRAME)
        known = [passage["passage"] for passage in listed] + list(passages)
        bounds = Bounds(
            one_of={
                "element": list(names),
                "pattern": [p["slug"] for p in listed],
                "citation": sorted({*known} - {""}),
            },
            at_most={"elements": fit.entries, "findings": fit.parts, **fit.texts},
        )
        asked = ask(
            self._model, messages, Judgement, look, version=prompt.version, bounds=bounds, recollection=recollection
        )
        stand, dismissed = _applied(asked.kept, detections, subject.profile, may_dismiss=may_dismiss)
        return Judged(stand, dismissed, asked, prompt.version)

    def _listed(self, subject: DraftSubject, language: Language) -> list[dict[str, str]]:
        """Return the patterns that may be named, each with the passage that stands for it."""
        return [
            {
                "slug": slug,
                "level": pattern.level.value,
                "passage": next((passage.id for passage in self._ground.passages_for(slug, language)), ""),
                "meaning": "" if _gives_orders(self._orders, meaning) else meaning,
            }
            for slug, pattern in self._catalog.patterns.items()
            for meaning in [" ".join(pattern.text["en"].sections[0].text.split())]
            if pattern.level != Level.PROCESS and pattern.severity_in(subject.profile) and slug not in subject.muted
        ]


@lru_cache(maxsize=4096)
def _gives_orders(orders: Orders, text: str) -> bool:
    return orders.order_in(text) is not None


def _briefly(listed: Sequence[dict[str, str]], most: int) -> list[dict[str, str]]:
    """Return the patterns with no more than so many characters of what each means."""
    return [{**pattern, "meaning": pattern["meaning"][:most]} for pattern in listed]


def _shown(example: Example) -> dict[str, str]:
    """Return an example in the words of the prompt."""
    verdict = {"accept": "confirmed", "reject": "dismissed"}[example.verdict]
    return {"text": example.text, "pattern": example.pattern, "words": example.words, "verdict": verdict}


def _applied(
    verdicts: Iterable[Verdict], detections: Sequence[Detection], profile: str, *, may_dismiss: bool
) -> tuple[list[Detection], tuple[Dismissed, ...]]:
    """Return what stands after the verdicts, as the draft reads, and what was dismissed."""
    by_key = {(verdict.place, verdict.pattern.slug): verdict for verdict in verdicts}
    stand: list[Detection] = []
    dismissed: dict[tuple[Place, str], Dismissed] = {}
    for detection in detections:
        key = (detection.place, detection.pattern.slug)
        verdict = by_key.get(key)
        if verdict is None:
            stand.append(detection)
        elif verdict.said == "confirmed":
            # what was mere advice has been confirmed: it weighs what the profile says
            severity = detection.pattern.severity_in(profile) or detection.severity
            stand.append(detection._replace(severity=severity, reason=verdict.reason))
        elif may_dismiss:
            dismissed[key] = Dismissed(pattern=key[1], at=pointer_to(detection.place), reason=verdict.reason)
        else:
            stand.append(detection)
    for verdict in by_key.values():
        weight = verdict.pattern.severity_in(profile)
        if verdict.said == "added" and weight is not None:
            hit = Hit(verdict.stretch, confidence=_MODEL_CONFIDENCE, source="model")
            stand.append(Detection(verdict.pattern, weight, verdict.place, hit, verdict.reason))
    return sorted(stand, key=lambda d: _order(d.place)), tuple(dismissed.values())


def _order(place: Place) -> tuple[int, int]:
    """Sort like the draft reads: an objective before its key results, the draft as a whole last."""
    if place.objective is None:
        return (1_000_000, 0)
    return (place.objective, -1 if place.key_result is None else place.key_result)
