"""The desk: everything of this package put together for a tenant, as plain functions."""

from pathlib import Path
from typing import Literal

from coach.catalog import Catalog
from coach.critique import Critic
from coach.embedding import Embedder
from coach.kinds import KindClassifier
from coach.okr import Draft
from coach.strategy.alignment import Align
from coach.strategy.bridge import BuildBridge
from coach.strategy.cycle import Accompany
from coach.strategy.drawing import draw_map
from coach.strategy.frame import ReviewFrame
from coach.strategy.map import StrategyMap, map_of
from coach.strategy.png import as_png
from coach.strategy.readiness import CheckReadiness
from coach.strategy.shapes import Picture
from coach.strategy.svg import as_svg

PictureForm = Literal["svg", "png"]
MEDIA_TYPES: dict[PictureForm, str] = {"svg": "image/svg+xml", "png": "image/png"}


class StrategyDesk:
    """`align(draft)`, `review_frame(strategy)`, `bridge(request)`, `accompany(cycle, today)`, `readiness(request)`.

    `pictures`: where the drawing library may keep its list of fonts.
    """

    def __init__(
        self,
        catalog: Catalog,
        classifier: KindClassifier,
        critic: Critic,
        embedder: Embedder | None,
        *,
        pictures: Path,
    ) -> None:
        self.align = Align(catalog, classifier, embedder)
        self.review_frame = ReviewFrame(catalog)
        self.bridge = BuildBridge(catalog, classifier, critic)
        self.accompany = Accompany(catalog, critic)
        self.readiness = CheckReadiness(catalog, embedder)
        self._pictures = pictures

    def map(self, draft: Draft) -> StrategyMap:
        """Return the traceability map of a draft in its frame."""
        return map_of(draft, self.align(draft))

    def map_as(self, picture: StrategyMap, form: PictureForm) -> bytes:
        """Return a map as a file."""
        return self.picture_as(draw_map(picture), form)

    def picture_as(self, picture: Picture, form: PictureForm) -> bytes:
        """Return a picture as a file."""
        return as_png(picture, self._pictures) if form == "png" else as_svg(picture).encode()
