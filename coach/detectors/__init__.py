"""Detector kinds: few pieces of code that many failure patterns are configured from."""

from coach.detectors.kinds import DETECTOR_KINDS, build_detectors, faults_of
from coach.detectors.subject import DraftSubject, Hit, KeyResultSubject, ObjectiveSubject, Place

__all__ = [
    "DETECTOR_KINDS",
    "DraftSubject",
    "Hit",
    "KeyResultSubject",
    "ObjectiveSubject",
    "Place",
    "build_detectors",
    "faults_of",
]
