"""The desk: everything of this package put together for a tenant, as plain functions."""

from coach.catalog import Catalog
from coach.critique import Critic
from coach.embedding import Embedder
from coach.kinds import KindClassifier
from coach.strategy.alignment import Align
from coach.strategy.bridge import BuildBridge
from coach.strategy.cycle import Accompany
from coach.strategy.frame import ReviewFrame
from coach.strategy.readiness import CheckReadiness


class StrategyDesk:
    """`align(draft)`, `review_frame(strategy)`, `bridge(request)`, `accompany(cycle, today)`, `readiness(request)`."""

    def __init__(self, catalog: Catalog, classifier: KindClassifier, critic: Critic, embedder: Embedder | None) -> None:
        self.align = Align(catalog, classifier, embedder)
        self.review_frame = ReviewFrame(catalog)
        self.bridge = BuildBridge(catalog, classifier, critic)
        self.accompany = Accompany(catalog, critic)
        self.readiness = CheckReadiness(catalog, embedder)
