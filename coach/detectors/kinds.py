"""The detector kinds by name, and how a catalogue's patterns become detectors."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from coach.catalog import FailurePattern
from coach.detectors.absence import AbsenceDetector, AbsenceParameters
from coach.detectors.compound import CompoundDetector, CompoundParameters
from coach.detectors.context import ContextDetector, ContextParameters
from coach.detectors.count import CountDetector, CountParameters
from coach.detectors.heading import HeadingDetector, HeadingParameters
from coach.detectors.judge import JudgeDetector, JudgeParameters
from coach.detectors.kind import KindDetector, KindParameters
from coach.detectors.lexicon import LexiconDetector, LexiconParameters
from coach.detectors.share import ShareDetector, ShareParameters
from coach.detectors.similarity import SimilarityDetector, SimilarityParameters
from coach.detectors.subject import Detector, Parameters
from coach.errors import Fault, KnowledgeError
from coach.reading.lexicon import open_lexicon
from coach.reading.signals import DERIVED
from coach.review import Level


class DetectorKind(NamedTuple):
    """A kind of detector: what it is configured with and how it is built."""

    parameters: type[Parameters]
    build: Callable[[Level, Any], Detector]


DETECTOR_KINDS: Mapping[str, DetectorKind] = {
    "absence": DetectorKind(AbsenceParameters, AbsenceDetector),
    "compound": DetectorKind(CompoundParameters, CompoundDetector),
    "context": DetectorKind(ContextParameters, ContextDetector),
    "count": DetectorKind(CountParameters, CountDetector),
    "heading": DetectorKind(HeadingParameters, HeadingDetector),
    "judge": DetectorKind(JudgeParameters, JudgeDetector),
    "kind": DetectorKind(KindParameters, KindDetector),
    "lexicon": DetectorKind(LexiconParameters, LexiconDetector),
    "share": DetectorKind(ShareParameters, ShareDetector),
    "similarity": DetectorKind(SimilarityParameters, SimilarityDetector),
}


def build_detectors(patterns: Mapping[str, FailurePattern]) -> Mapping[str, Detector]:
    """Return a detector per pattern, or raise KnowledgeError naming every pattern that is misconfigured."""
    faults = [fault for pattern in patterns.values() for fault in faults_of(pattern)]
    if faults:
        raise KnowledgeError(faults)
    return {
        slug: kind.build(pattern.level, kind.parameters.model_validate(pattern.detector.parameters))
        for slug, pattern in patterns.items()
        if (kind := DETECTOR_KINDS[pattern.detector.kind])
    }


def faults_of(pattern: FailurePattern) -> list[Fault]:
    """Return what keeps a pattern's detector from being built."""
    file = f"knowledge/patterns/{pattern.slug}/pattern.yaml"
    kind = DETECTOR_KINDS.get(pattern.detector.kind)
    if kind is None:
        known = ", ".join(DETECTOR_KINDS)
        return [Fault(file, 1, f"detector.kind: {pattern.detector.kind!r} is none of {known}")]
    try:
        parameters = kind.parameters.model_validate(pattern.detector.parameters)
    except ValidationError as error:
        return [
            Fault(file, 1, f"{'.'.join(map(str, ('detector', *fault['loc'])))}: {fault['msg']}")
            for fault in error.errors(include_url=False, include_input=False)
        ]
    unknown = sorted(_signals_named(parameters) - known_signals())
    return [Fault(file, 1, f"detector: there is no signal {name!r}") for name in unknown]


def _signals_named(parameters: Parameters) -> set[str]:
    """Return every signal that the parameters of a detector name."""
    settled = set(parameters.settled_by)
    if isinstance(parameters, LexiconParameters):
        return {*parameters.signals, *parameters.unless} | settled
    if isinstance(parameters, AbsenceParameters):
        named = {name for group in parameters.when for name in group.split("|")}
        return (
            named | parameters.lacks | parameters.unless | ({parameters.quote} if parameters.quote else set()) | settled
        )
    return settled


def known_signals() -> frozenset[str]:
    """Return the names of all signals: what the lexicons tag, and what is derived."""
    return DERIVED | open_lexicon("de").tags | open_lexicon("en").tags
