"""The desk: everything of this package put together for a tenant, as plain functions."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.embedding import Embedder
from coach.kinds import KindClassifier
from coach.strategy.alignment import Align
from coach.strategy.bridge import BuildBridge
from coach.strategy.cycle import Accompany
from coach.strategy.drawing import draw_map
from coach.strategy.frame import ReviewFrame
from coach.strategy.map import StrategyMap
from coach.strategy.png import as_png
from coach.strategy.readiness import CheckReadiness
from coach.strategy.shapes import Picture
from coach.strategy.svg import as_svg

if TYPE_CHECKING:
    from coach.strategy.bridge_with_model import BridgeWithModel
    from coach.strategy.judging import JudgeLinks

PictureForm = Literal["svg", "png"]
MEDIA_TYPES: dict[PictureForm, str] = {"svg": "image/svg+xml", "png": "image/png"}


NONE = Models()


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
        models: Models = NONE,
    ) -> None:
        judge, write = _with_model(catalog, critic, models)
        self.align = Align(catalog, classifier, embedder, judge)
        self.review_frame = ReviewFrame(catalog)
        self.bridge = BuildBridge(catalog, classifier, critic, write)
        self.accompany = Accompany(catalog, critic)
        self.readiness = CheckReadiness(catalog, embedder)
        self._pictures = pictures

    def map_as(self, picture: StrategyMap, form: PictureForm) -> bytes:
        """Return a map as a file."""
        return self.picture_as(draw_map(picture), form)

    def picture_as(self, picture: Picture, form: PictureForm) -> bytes:
        """Return a picture as a file."""
        return as_png(picture, self._pictures) if form == "png" else as_svg(picture).encode()


def _with_model(catalog: Catalog, critic: Critic, models: Models) -> "tuple[JudgeLinks | None, BridgeWithModel | None]":
    if models.judge is None and models.rewrite is None:
        return None, None
    from coach.strategy.bridge_with_model import BridgeWithModel  # noqa: PLC0415 - only with a model
    from coach.strategy.judging import JudgeLinks  # noqa: PLC0415 - only with a model

    return (
        JudgeLinks(models.judge) if models.judge else None,
        BridgeWithModel(catalog, critic, models.rewrite) if models.rewrite else None,
    )
