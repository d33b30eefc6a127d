"""The elements of a draft by the names that prompts use: O1, O1.K2."""

from collections.abc import Iterator, Mapping

from coach.detectors import DraftSubject, Place
from coach.language import Language
from coach.okr import pointer

LANGUAGE_NAMES: Mapping[Language, str] = {"de": "German", "en": "English"}


def elements_of(subject: DraftSubject) -> Iterator[tuple[str, Place]]:
    """Yield the names of the draft's elements with their places, in reading order."""
    for index, objective in enumerate(subject.objectives):
        yield name_of(Place(index)), Place(index)
        for number in range(len(objective.key_results)):
            yield name_of(Place(index, number)), Place(index, number)


def name_of(place: Place) -> str:
    """Return "O1" or "O1.K2"."""
    objective = f"O{(place.objective or 0) + 1}"
    return objective if place.key_result is None else f"{objective}.K{place.key_result + 1}"


def pointer_to(place: Place) -> str:
    """Return the JSON pointer of an element in a draft with `objectives`; the draft as a whole is ""."""
    if place.objective is None:
        return ""
    inner = () if place.key_result is None else ("key_results", place.key_result)
    return pointer(("objectives", place.objective, *inner))
