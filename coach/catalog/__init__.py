"""The knowledge base as typed objects: patterns, articles, transformations, sources."""

from coach.catalog.catalog import Catalog, open_catalog
from coach.catalog.records import (
    Article,
    Case,
    FailurePattern,
    PatternText,
    Section,
    Transformation,
    TransformationText,
)

__all__ = [
    "Article",
    "Case",
    "Catalog",
    "FailurePattern",
    "PatternText",
    "Section",
    "Transformation",
    "TransformationText",
    "open_catalog",
]
