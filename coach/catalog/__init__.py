"""The knowledge base as typed objects: patterns, articles, transformations, sources."""

from coach.catalog.catalog import Catalog, open_catalog
from coach.catalog.own import Extended, extended
from coach.catalog.records import (
    Article,
    ArticleText,
    Case,
    FailurePattern,
    PatternText,
    Section,
    Transformation,
    TransformationText,
)

__all__ = [
    "Article",
    "ArticleText",
    "Case",
    "Catalog",
    "Extended",
    "FailurePattern",
    "PatternText",
    "Section",
    "Transformation",
    "TransformationText",
    "extended",
    "open_catalog",
]
