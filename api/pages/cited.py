"""What a page rests on, with the full names of the works."""

from collections.abc import Iterable
from typing import NamedTuple

from coach.catalog.records import SourcesFile
from coach.language import Language


class Work(NamedTuple):
    """A work and the points of it that are cited; none where it is cited as a whole."""

    name: str
    points: tuple[str, ...]


def works(sources: SourcesFile, cited: Iterable[str], language: Language) -> list[Work]:
    """Return the works behind source ids: articles cited by points first, then the others."""
    ids = tuple(dict.fromkeys(cited))
    grouped = [
        Work(group.de if language == "de" else group.en, points)
        for group in sources.groups.values()
        if (points := tuple(point for point in group.points if point in ids))
    ]
    return grouped + [Work(sources.works[name], ()) for name in ids if name in sources.works]
