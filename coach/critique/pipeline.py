"""The walk of a draft: detect → ground → judge → rewrite → verify."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from coach.catalog import Catalog
from coach.critique.detect import Detect, Detection
from coach.critique.examples import nearest
from coach.critique.ground import Ground, findings_at
from coach.critique.hypotheses import about_kpi
from coach.critique.memory import Memory, Recollection, digest_of
from coach.critique.mute import heard, named_today
from coach.critique.orders import orders_of
from coach.critique.part import ModelPart
from coach.critique.query import ReadQuery
from coach.critique.rewrite import RewriteByRules
from coach.critique.scaffold import placeholders_in
from coach.critique.sources import Sources
from coach.critique.verify import Verify
from coach.detectors import DraftSubject, Place
from coach.errors import InputError, ModelError, Problem
from coach.feedback import Example
from coach.kinds import KindClassifier
from coach.language import Language, foreign_language, guess_language
from coach.learned import Learned
from coach.okr import Draft
from coach.review import (
    Citation,
    Dismissed,
    Finding,
    KeyResultReview,
    Kind,
    Level,
    Notice,
    ObjectiveReview,
    Review,
    Rewrite,
    Summary,
)

if TYPE_CHECKING:
    from coach.critique.judge import Judge
    from coach.critique.rewrite_with_model import RewriteWithModel
    from coach.llm import ChatModel

Mode = Literal["rules", "auto", "llm"]

_OBJECTIVE = frozenset({Level.OBJECTIVE})
_KEY_RESULT = frozenset({Level.KEY_RESULT})
_SET = frozenset({Level.SET})
_PROCESS = frozenset({Level.PROCESS})


class Models(NamedTuple):
    """The chat models by role; both None where no model is configured."""

    judge: "ChatModel | None" = None
    rewrite: "ChatModel | None" = None


@dataclass
class _Model(ModelPart):
    """What the models contributed to one review."""

    dismissed: tuple[Dismissed, ...] = ()


class _Seen(NamedTuple):
    """A draft as it was read, with what the rules found in it."""

    draft: Draft
    language: Language
    subject: DraftSubject
    detections: list[Detection]
    notices: tuple[Notice, ...]
    sources: Sources
    recollection: Recollection | None
    examples: Sequence[Example] = ()


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
        self._orders = orders_of(catalog)
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

    def review(
        self,
        draft: Draft,
        *,
        muted: frozenset[str] = frozenset(),
        memory: Memory | None = None,
        examples: Sequence[Example] = (),
    ) -> Review:
        """Return the review of a draft: detect, ground, judge, rewrite, verify; nothing in it rests on `muted`.

        `memory`: where answers of models are kept, so that an exact repeat asks nothing. `examples`: what the same
        tenant has said of findings before, the newest first.
        """
        return self._finished(self._seen(draft, muted, memory, examples), draft.mode)

    def checked(self, draft: Draft, place: Place, text: str, *, muted: frozenset[str] = frozenset()) -> Rewrite:
        """Return a wording that somebody proposes for a place of a draft, checked like every rewrite of a model."""
        candidate = Rewrite(text=text, status="unverified", placeholders=placeholders_in(text), source="model")
        return self.verified({place: candidate}, draft, muted=muted)[place]

    def reviews(
        self,
        draft: Draft,
        *,
        muted: frozenset[str] = frozenset(),
        memory: Memory | None = None,
        examples: Sequence[Example] = (),
    ) -> Iterator[Review]:
        """Yield the review by the rules at once where a model takes part, then the review of `review`."""
        seen = self._seen(draft, muted, memory, examples)
        if self.asks_model(draft):
            yield self._finished(seen, "rules")
        yield self._finished(seen, draft.mode)

    def asks_model(self, draft: Draft) -> bool:
        """Whether a model takes part in the review of a draft."""
        return draft.mode != "rules" and (self._judge is not None or self._rewrite_with_model is not None)

    def _seen(self, draft: Draft, muted: frozenset[str], memory: Memory | None, examples: Sequence[Example]) -> _Seen:
        language = self.language_of(draft)
        read = self._detect.read(draft, language, self._profile_of(draft))
        subject = replace(read, muted=named_today(muted, self._catalog))
        detections = heard(self._detect(subject), subject.muted)
        notices = self._orders(draft, subject, language)
        sources = Sources(draft, language, self._catalog)
        made_with = (self._catalog.version, self._classifier.version, subject.profile, language)
        recollection = Recollection(memory, digest_of(draft), made_with) if memory else None
        return _Seen(draft, language, subject, detections, notices, sources, recollection, examples)

    def _finished(self, seen: _Seen, mode: Mode) -> Review:
        """Judge, ground, rewrite and verify what was seen, with a model unless `mode` is rules."""
        draft, language, subject = seen.draft, seen.language, seen.subject
        model = _Model()
        detections = heard(self._judged(seen, mode, model), subject.muted)
        detections.sort(key=lambda detection: -detection.severity.weight)
        located = self._ground(detections, subject, language, "\n".join(draft.texts()))
        rewrites = self._rewritten(located, seen, mode, model) if draft.rewrite else {}
        return self._assemble(seen, located, rewrites, model)

    def verified(
        self, wordings: Mapping[Place, Rewrite], draft: Draft, *, muted: frozenset[str] = frozenset()
    ) -> dict[Place, Rewrite]:
        """Return wordings of a draft's elements, each with its checks, as the walk verifies its own."""
        language = self.language_of(draft)
        read = self._detect.read(draft, language, self._profile_of(draft))
        subject = replace(read, muted=named_today(muted, self._catalog))
        return self._verify(wordings, subject, language, Sources(draft, language, self._catalog))

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

    def _judged(self, seen: _Seen, mode: Mode, model: _Model) -> list[Detection]:
        if mode == "rules":
            return list(seen.detections)
        if self._judge is None:
            if mode == "llm":
                model.missed(None, "judge", seen.language)
            return list(seen.detections)
        try:
            judged = self._judge(
                seen.detections,
                seen.subject,
                seen.language,
                seen.sources,
                may_dismiss=not seen.notices,
                examples=nearest(
                    seen.examples, seen.subject, seen.language, self._catalog, vectors=self._detect.vectors
                ),
                recollection=seen.recollection,
            )
        except ModelError as error:
            model.missed(error, "judge", seen.language)
            return list(seen.detections)
        model.used("judge", judged.prompt, judged.asked)
        model.dismissed = judged.dismissed
        return judged.detections

    def _rewritten(
        self, located: Sequence[tuple[Place, Finding]], seen: _Seen, mode: Mode, model: _Model
    ) -> dict[Place, Rewrite]:
        offered, hypotheses = self._offered_by_model(located, seen, mode, model)
        left = [(place, finding) for place, finding in located if place not in offered]
        by_rules = self._rewrite(left, seen.subject, seen.language)
        offered |= self._verify(by_rules, seen.subject, seen.language, seen.sources)
        for place in about_kpi(located) & offered.keys():
            believed = hypotheses.get(place) or self._rewrite.hypotheses(seen.subject.reading_at(place), seen.language)
            offered[place] = offered[place].model_copy(update={"hypotheses": believed})
        return offered

    def _offered_by_model(
        self, located: Sequence[tuple[Place, Finding]], seen: _Seen, mode: Mode, model: _Model
    ) -> tuple[dict[Place, Rewrite], dict[Place, tuple[str, ...]]]:
        if mode == "rules" or self._rewrite_with_model is None or model.degraded:
            return {}, {}
        try:
            offered = self._rewrite_with_model(
                located, seen.subject, seen.draft, seen.language, seen.sources, recollection=seen.recollection
            )
        except ModelError as error:
            model.missed(error, "rewrite", seen.language)
            return {}, {}
        model.used("rewrite", offered.prompt, offered.asked)
        return dict(offered.rewrites), offered.hypotheses

    def _assemble(
        self,
        seen: _Seen,
        located: Sequence[tuple[Place, Finding]],
        rewrites: Mapping[Place, Rewrite],
        model: _Model,
    ) -> Review:
        draft, subject = seen.draft, seen.subject

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
            language=seen.language,
            mode=draft.mode,
            profile=subject.profile,
            degraded=model.degraded,
            objectives=tuple(objectives),
            set_findings=findings_at(located, Place(), _SET),
            process_findings=tuple(finding for _, finding in located if finding.level in _PROCESS),
            dismissed=model.dismissed,
            notices=seen.notices,
            citations=self._citations(located, seen.language),
            summary=Summary(
                objectives=len(draft.objectives),
                key_results=len(verdicts),
                kinds=dict(Counter(verdicts)),
                findings=len(located),
            ),
            provenance=model.provenance(
                catalog=self._catalog.version,
                classifier=self._classifier.version,
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
