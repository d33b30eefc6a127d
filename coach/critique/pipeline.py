"""The walk of a draft: detect → ground → judge → rewrite → verify."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from coach.catalog import Catalog
from coach.critique.detect import Detect, Detection
from coach.critique.ground import Ground, findings_at
from coach.critique.mute import heard, named_today
from coach.critique.query import ReadQuery
from coach.critique.rewrite import RewriteByRules
from coach.critique.verify import Verify
from coach.detectors import DraftSubject, Place
from coach.errors import InputError, ModelError, Problem
from coach.kinds import KindClassifier
from coach.language import Language, foreign_language, guess_language
from coach.learned import Learned
from coach.okr import Draft
from coach.review import (
    Citation,
    Finding,
    KeyResultReview,
    Kind,
    Level,
    ObjectiveReview,
    Provenance,
    Review,
    Rewrite,
    Summary,
)

if TYPE_CHECKING:
    from coach.critique.judge import Judge
    from coach.critique.rewrite_with_model import RewriteWithModel
    from coach.llm import ChatModel

_OBJECTIVE = frozenset({Level.OBJECTIVE})
_KEY_RESULT = frozenset({Level.KEY_RESULT})
_SET = frozenset({Level.SET})
_PROCESS = frozenset({Level.PROCESS})


class Models(NamedTuple):
    """The chat models by role; both None where no model is configured."""

    judge: "ChatModel | None" = None
    rewrite: "ChatModel | None" = None


@dataclass
class _Model:
    """What the models contributed to one review."""

    calls: int = 0
    names: list[str] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)
    degraded: str | None = None

    def used(self, name: str, prompt: str, version: str, calls: int) -> None:
        self.calls += calls
        if calls:
            self.names.append(name)
            self.prompts[prompt] = version


class Critic:
    """Turns drafts into reviews. Thread-safe: everything it holds is read-only after start."""

    def __init__(
        self,
        catalog: Catalog,
        classifier: KindClassifier,
        *,
        learned: Learned | None = None,
        models: Models | None = None,
        profile: str = "default",
    ) -> None:
        self._catalog = catalog
        self._classifier = classifier
        self._learned = learned
        self._profile = profile
        self._detect = Detect(catalog, classifier, learned)
        self._ground = Ground(catalog)
        self._verify = Verify(self._detect)
        self._rewrite = RewriteByRules(catalog)
        self._judge, self._rewrite_with_model = self._rooms_with_model(models or Models())
        self._profiles = {name for pattern in catalog.patterns.values() for name in pattern.severity}

    @property
    def read_query(self) -> ReadQuery:
        """What search asks about a query that may be a draft."""
        return ReadQuery(self._detect, self._learned)

    def _rooms_with_model(self, models: Models) -> "tuple[Judge | None, RewriteWithModel | None]":
        if models.judge is None and models.rewrite is None:
            return None, None
        from coach.critique.judge import Judge  # noqa: PLC0415 - only with a model
        from coach.critique.rewrite_with_model import RewriteWithModel  # noqa: PLC0415 - only with a model

        return (
            Judge(self._catalog, self._ground, models.judge) if models.judge else None,
            RewriteWithModel(self._catalog, self._verify, models.rewrite) if models.rewrite else None,
        )

    def review(self, draft: Draft, *, muted: frozenset[str] = frozenset()) -> Review:
        """Return the review of a draft: detect, ground, judge, rewrite, verify; nothing in it rests on `muted`."""
        language, sample = self.language_of(draft), "\n".join(draft.texts())
        model = _Model()
        read = self._detect.read(draft, language, self._profile_of(draft))
        subject = replace(read, muted=named_today(muted, self._catalog))
        detections = heard(self._detect(subject), subject.muted)
        detections = heard(self._judged(detections, subject, draft, language, model), subject.muted)
        detections.sort(key=lambda detection: -detection.severity.weight)
        located = self._ground(detections, subject, language, sample)
        rewrites = self._rewritten(located, subject, draft, language, model) if draft.rewrite else {}
        return self._assemble(draft, subject, language, located, rewrites, model)

    def language_of(self, draft: Draft) -> Language:
        """Return the draft's language as said or as it reads; raise InputError for a third one."""
        if draft.language != "auto":
            return draft.language
        text = "\n".join(draft.texts())
        if (foreign := foreign_language(text)) is not None:
            detail = f"the draft reads as {foreign!r}; okr-coach reviews German (de) and English (en)"
            raise InputError([Problem("/objectives", detail, "unsupported-language")])
        return guess_language(text).language

    def _profile_of(self, draft: Draft) -> str:
        profile = draft.profile or self._profile
        if profile not in self._profiles:
            known = ", ".join(sorted(self._profiles))
            raise InputError([Problem("/profile", f"no profile {profile!r}; there are {known}", "unknown-profile")])
        return profile

    def _judged(
        self,
        detections: list[Detection],
        subject: DraftSubject,
        draft: Draft,
        language: Language,
        model: _Model,
    ) -> list[Detection]:
        if draft.mode == "rules":
            return detections
        if self._judge is None:
            if draft.mode == "llm":
                model.degraded = "no model is configured; the review comes from the rules"
            return detections
        try:
            judged = self._judge(detections, subject, language)
        except ModelError as error:
            model.degraded = f"the model could not judge ({error.code}); the review comes from the rules"
            return detections
        model.used(judged.model, "judge", judged.prompt, judged.calls)
        return judged.detections

    def _rewritten(
        self,
        located: Sequence[tuple[Place, Finding]],
        subject: DraftSubject,
        draft: Draft,
        language: Language,
        model: _Model,
    ) -> dict[Place, Rewrite]:
        offered = self._offered_by_model(located, subject, draft, language, model)
        left = [(place, finding) for place, finding in located if place not in offered]
        offered |= self._verify(self._rewrite(left, subject, language), subject, draft, language)
        return offered

    def _offered_by_model(
        self,
        located: Sequence[tuple[Place, Finding]],
        subject: DraftSubject,
        draft: Draft,
        language: Language,
        model: _Model,
    ) -> dict[Place, Rewrite]:
        if draft.mode == "rules" or self._rewrite_with_model is None or model.degraded:
            return {}
        try:
            offered = self._rewrite_with_model(located, subject, draft, language)
        except ModelError as error:
            model.degraded = f"the model could not rewrite ({error.code}); the rewrites come from the rules"
            return {}
        model.used(offered.model, "rewrite", offered.prompt, offered.calls)
        return dict(offered.rewrites)

    def _assemble(
        self,
        draft: Draft,
        subject: DraftSubject,
        language: Language,
        located: Sequence[tuple[Place, Finding]],
        rewrites: Mapping[Place, Rewrite],
        model: _Model,
    ) -> Review:
        def rewrite_at(place: Place, text: str, findings: Sequence[Finding], *, sure: bool = True) -> Rewrite | None:
            if not draft.rewrite:
                return None
            good = sure and not findings
            return rewrites.get(place) or (Rewrite(text=text, status="unchanged") if good else None)

        objectives = []
        for index, (objective, read) in enumerate(zip(draft.objectives, subject.objectives, strict=True)):
            key_results = []
            for number, key_result in enumerate(read.key_results):
                place = Place(index, number)
                findings = findings_at(located, place, _KEY_RESULT)
                text = key_result.source.text
                key_results.append(
                    KeyResultReview(
                        text=text,
                        kind=key_result.verdict.kind,
                        likeliest=key_result.verdict.likeliest,
                        confidence=key_result.verdict.confidence,
                        findings=findings,
                        rewrite=rewrite_at(place, text, findings, sure=key_result.verdict.kind != Kind.UNSURE),
                    )
                )
            own = findings_at(located, Place(index), _OBJECTIVE)
            objectives.append(
                ObjectiveReview(
                    id=objective.id,
                    objective=objective.objective,
                    findings=own,
                    rewrite=rewrite_at(Place(index), objective.objective, own),
                    key_results=tuple(key_results),
                    set_findings=findings_at(located, Place(index), _SET),
                )
            )
        verdicts = [key_result.verdict.kind for objective in subject.objectives for key_result in objective.key_results]
        return Review(
            id=_digest(draft) if draft.id is None else draft.id,
            draft_id=draft.id,
            language=language,
            mode=draft.mode,
            profile=subject.profile,
            degraded=model.degraded,
            objectives=tuple(objectives),
            set_findings=findings_at(located, Place(), _SET),
            process_findings=tuple(finding for _, finding in located if finding.level in _PROCESS),
            citations=self._citations(located, language),
            summary=Summary(
                objectives=len(draft.objectives),
                key_results=len(verdicts),
                kinds=dict(Counter(verdicts)),
                findings=len(located),
            ),
            provenance=Provenance(
                catalog=self._catalog.version,
                classifier=self._classifier.version,
                prompts=model.prompts,
                model=" + ".join(dict.fromkeys(model.names)) or None,
                calls=model.calls,
                muted=tuple(sorted(subject.muted)),
            ),
        )

    def _citations(self, located: Sequence[tuple[Place, Finding]], language: Language) -> tuple[Citation, ...]:
        slugs = dict.fromkeys(finding.pattern for _, finding in located)
        passages = {p.id: p for slug in slugs for p in self._ground.passages_for(slug, language)}
        return tuple(passage.cited() for passage in passages.values())


def _digest(draft: Draft) -> str:
    """Return an id that the same draft always gets."""
    content = draft.model_dump_json(include={"objectives", "context", "language", "profile"})
    return "r-" + hashlib.sha256(content.encode()).hexdigest()[:16]
