"""Mute: what a tenant does not want to hear of is dropped before anything rests on it."""

from collections.abc import Iterable

from coach.catalog import Catalog
from coach.critique.detect import Detection
from coach.errors import NotFound


def heard(detections: Iterable[Detection], muted: frozenset[str]) -> list[Detection]:
    """Return the detections of patterns that are not muted."""
    return [detection for detection in detections if detection.pattern.slug not in muted]


def named_today(muted: Iterable[str], catalog: Catalog) -> frozenset[str]:
    """Return muted patterns by the slugs in use; one that the catalogue does not know keeps its name."""
    return frozenset(_named_today(slug, catalog) for slug in muted)


def _named_today(slug: str, catalog: Catalog) -> str:
    try:
        return catalog.pattern(slug).slug
    except NotFound:
        return slug
