"""Rewrite with a model: alternatives for what needs one; only what passes every check is offered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from coach.catalog import Catalog
from coach.critique.asking import Asked, Look, ask
from coach.critique.elements import LANGUAGE_NAMES, elements_of, name_of
from coach.critique.fitting import fitted, fitting
from coach.critique.hypotheses import about_kpi, is_hypothesis
from coach.critique.memory import Recollection
from coach.critique.scaffold import placeholders_in
from coach.critique.sentence import fault_of
from coach.critique.sources import Sources
from coach.critique.verify import Verify
from coach.detectors import DraftSubject, Place
from coach.language import Language
from coach.llm import Bounds, ChatModel
from coach.okr import Draft
from coach.prompting import open_prompt
from coach.reading.normal import normalise
from coach.review import Alternative, Basis, Finding, Level, Rewrite, Severity

_MOST_ALTERNATIVES = 3
_MOST_HYPOTHESES = 3
_FEWEST_HYPOTHESES = 2
_EXAMPLES = (24, 8, 3)
_SHOWN = 60
_TEXTS = {"text": 320, "changes_for": 120, "observed_by": 120, "assumption": 240}
_FRAME = 110
_HYPOTHESES_FRAME = 30
_BELIEFS = "all hypotheses"


class AlternativeText(BaseModel):
    """One wording, with what it rests on."""

    text: str
    changes_for: str
    observed_by: str
    assumption: str


class ElementRewrite(BaseModel):
    """Alternatives for one element, the best first; hypotheses where it is a KPI."""

    element: str
    alternatives: list[AlternativeText]
    hypotheses: list[str]


class Rewrites(BaseModel):
    """What the rewriting model answers."""

    rewrites: list[ElementRewrite]


class Offered(NamedTuple):
    """Verified rewrites and hypotheses by place, how they were asked for (None: not at all), the prompt's version."""

    rewrites: dict[Place, Rewrite]
    hypotheses: dict[Place, tuple[str, ...]]
    asked: Asked[None] | None
    prompt: str


class RewriteWithModel:
    """The fourth room, with a model."""

    def __init__(self, catalog: Catalog, verify: Verify, model: ChatModel) -> None:
        self._catalog = catalog
        self._verify = verify
        self._model = model

    def __call__(
        self,
        located: Sequence[tuple[Place, Finding]],
        subject: DraftSubject,
        draft: Draft,
        language: Language,
        sources: Sources,
        *,
        recollection: Recollection | None = None,
    ) -> Offered:
        """Return what passes every check, the best first per element; no call where nothing needs a rewrite."""
        wanted = _wanted(located)
        prompt = open_prompt("rewrite")
        if not wanted:
            return Offered({}, {}, None, prompt.version)
        names = dict(elements_of(subject))
        kpis = about_kpi(located)
        inputs = {
            "language_name": LANGUAGE_NAMES[language],
            "examples": examples_in(self._catalog, language),
            "draft": {name: subject.reading_at(place).text for name, place in names.items()},
            "context": draft.context.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            "wanted": {
                name_of(place): {"kpi": place in kpis, "open": sorted(messages)} for place, messages in wanted.items()
            },
        }
        fewer = [{"examples": examples_in(self._catalog, language, number)} for number in _EXAMPLES[1:]]
        messages = fitted(prompt, inputs, fewer, self._model.prompt_tokens)
        verified: dict[Place, list[Rewrite]] = {place: [] for place in wanted}
        hypotheses: dict[Place, tuple[str, ...]] = {}
        told = messages[0].content

        def look(answer: Rewrites) -> Look[None]:
            faults: list[str] = []
            by_place = {
                place: element
                for element in answer.rewrites
                if (place := names.get(element.element)) is not None and place in wanted
            }
            for checked in self._checked(by_place, subject, language, sources, told):
                for place, rewrite in checked.items():
                    known = [each.text for each in verified[place]]
                    if rewrite.status == "verified" and rewrite.text not in known:
                        verified[place].append(rewrite)
                    elif rewrite.status != "verified":
                        faults.append(_fault(place, rewrite))
            for place in kpis & wanted.keys():
                said = by_place[place].hypotheses if place in by_place else []
                held = [" ".join(h.split()) for h in said if is_hypothesis(h, language, sources, prompt=told)]
                if len(held) >= _FEWEST_HYPOTHESES:
                    hypotheses[place] = tuple(held[:_MOST_HYPOTHESES])
                elif place not in hypotheses:
                    faults.append(f"{name_of(place)} needs two or three hypotheses of the form asked for")
            open_still = [fault for fault in faults if not _settled(fault, verified)]
            missing = [place for place in wanted if not verified[place] and place not in by_place]
            return Look(None, [*open_still, *(f"{name_of(place)} has no alternative" for place in missing)])

        believed = _MOST_HYPOTHESES if kpis & wanted.keys() else 0
        frame = _FRAME + (_HYPOTHESES_FRAME if believed else 0)
        texts = _TEXTS | {_BELIEFS: believed * _TEXTS["assumption"]}
        fit = fitting(self._model.answer_tokens, len(wanted), _MOST_ALTERNATIVES, texts, frame=frame)
        bounds = Bounds(
            one_of={"element": [name_of(place) for place in wanted]},
            at_most={
                "rewrites": fit.entries,
                "alternatives": fit.parts,
                "hypotheses": believed,
                "hypotheses[]": fit.texts[_BELIEFS] // max(1, believed),
                **{name: fit.texts[name] for name in _TEXTS},
            },
        )
        asked = ask(
            self._model, messages, Rewrites, look, version=prompt.version, bounds=bounds, recollection=recollection
        )
        offered = {place: _offer(rewrites) for place, rewrites in verified.items() if rewrites}
        return Offered(offered, hypotheses, asked, prompt.version)

    def _checked(
        self,
        elements: Mapping[Place, ElementRewrite],
        subject: DraftSubject,
        language: Language,
        sources: Sources,
        told: str,
    ) -> Iterator[dict[Place, Rewrite]]:
        """Yield the checked first alternatives of all elements, then the second ones, and so on."""
        for rank in range(_MOST_ALTERNATIVES):
            candidates = {
                place: _candidate(element.alternatives[rank], language, sources, told)
                for place, element in elements.items()
                if len(element.alternatives) > rank and element.alternatives[rank].text.strip()
            }
            if candidates:
                yield self._verify(candidates, subject, language, sources)


def examples_in(catalog: Catalog, language: Language, number: int = _EXAMPLES[0]) -> list[dict[str, str]]:
    """Return examples of rewrites from all over the transformation library, as prompts show them."""
    entries = catalog.transformations[:: max(1, len(catalog.transformations) // number)]
    texts = [entry.in_language(language) for entry in entries[:number]]
    return [
        {
            "before": text.write[0],
            "after": text.scaffold.replace("{subject}", text.heads[0]).replace("{people}", text.people),
        }
        for text in texts
    ]


def _wanted(located: Sequence[tuple[Place, Finding]]) -> dict[Place, set[str]]:
    wanted: dict[Place, set[str]] = {}
    for place, finding in located:
        at_element = place.objective is not None and finding.level in {Level.OBJECTIVE, Level.KEY_RESULT}
        if at_element and finding.severity.at_least(Severity.WARNING):
            wanted.setdefault(place, set()).add(normalise(finding.message).text)
    return wanted


def _candidate(said: AlternativeText, language: Language, sources: Sources, told: str) -> Rewrite:
    """Return a wording as an offer to be checked; of what it rests on, only what may be shown."""
    basis: dict[str, Any] = {
        name: " ".join(text.split()) if fault_of(text, language, sources, prompt=told) is None else None
        for name in Basis.model_fields
        if (text := getattr(said, name)) is not None
    }
    text = " ".join(said.text.split())
    return Rewrite(text=text, status="unverified", placeholders=placeholders_in(text), source="model", **basis)


def _fault(place: Place, rewrite: Rewrite) -> str:
    failed = ", ".join(name for name, passed in rewrite.checks.items() if not passed)
    return f"{name_of(place)}: {rewrite.text[:_SHOWN]!r} fails {failed}"


def _settled(fault: str, verified: Mapping[Place, Sequence[Rewrite]]) -> bool:
    """Whether a wording's fault needs no repair, because another one of its element passed."""
    return any(rewrites and fault.startswith(f"{name_of(place)}:") for place, rewrites in verified.items())


def _offer(rewrites: Sequence[Rewrite]) -> Rewrite:
    """Return the first verified wording with the others beside it."""
    first, *others = rewrites
    fields = Alternative.model_fields
    alternatives = (Alternative(**{name: getattr(other, name) for name in fields}) for other in others)
    return first.model_copy(update={"alternatives": tuple(alternatives)[: _MOST_ALTERNATIVES - 1]})
