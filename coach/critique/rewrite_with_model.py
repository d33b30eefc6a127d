"""Rewrite with a model: alternatives for what needs one; only what passes every check is offered."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from coach.catalog import Catalog
from coach.critique.judge import elements_of, name_of
from coach.critique.scaffold import placeholders_in
from coach.critique.verify import Verify
from coach.detectors import DraftSubject, Place
from coach.language import Language
from coach.llm import ChatModel
from coach.okr import Draft
from coach.prompting import open_prompt
from coach.review import Finding, Level, Rewrite, Severity

_LANGUAGE_NAMES: Mapping[Language, str] = {"de": "German", "en": "English"}
_MOST_ALTERNATIVES = 2
_EXAMPLES = 6


class ElementRewrite(BaseModel):
    """Alternatives for one element, the best first."""

    element: str
    alternatives: list[str]


class Rewrites(BaseModel):
    """What the rewriting model answers."""

    rewrites: list[ElementRewrite]


class Offered(NamedTuple):
    """Verified rewrites by place, and what they took: calls, the model's name, the prompt's version."""

    rewrites: dict[Place, Rewrite]
    calls: int
    model: str
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
    ) -> Offered:
        """Return the first alternative per element that passes every check; no call where nothing needs one."""
        wanted = _wanted(located)
        prompt = open_prompt("rewrite")
        if not wanted:
            return Offered({}, 0, self._model.name, prompt.version)
        names = dict(elements_of(subject))
        messages = prompt.render(
            {
                "language_name": _LANGUAGE_NAMES[language],
                "examples": self._examples(language),
                "draft": {name: subject.reading_at(place).text for name, place in names.items()},
                "wanted": {name_of(place): sorted(messages) for place, messages in wanted.items()},
                "context": draft.context.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            }
        )
        answer = self._model.answer(messages, Rewrites, self._model.deadline())
        offered: dict[Place, Rewrite] = {}
        for rank in range(_MOST_ALTERNATIVES):
            candidates = {
                place: _candidate(element.alternatives[rank])
                for element in answer.content.rewrites
                if (place := names.get(element.element)) in wanted
                and place is not None
                and place not in offered
                and len(element.alternatives) > rank
                and element.alternatives[rank].strip()
            }
            checked = self._verify(candidates, subject, draft, language)
            offered |= {place: rewrite for place, rewrite in checked.items() if rewrite.status == "verified"}
        return Offered(offered, answer.calls, self._model.name, prompt.version)

    def _examples(self, language: Language) -> list[dict[str, str]]:
        entries = self._catalog.transformations[:: max(1, len(self._catalog.transformations) // _EXAMPLES)]
        texts = [entry.in_language(language) for entry in entries[:_EXAMPLES]]
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
            wanted.setdefault(place, set()).add(finding.message)
    return wanted


def _candidate(text: str) -> Rewrite:
    text = " ".join(text.split())
    return Rewrite(text=text, status="unverified", placeholders=placeholders_in(text), source="model")
