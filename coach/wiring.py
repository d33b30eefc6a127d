"""The only composition root: from settings to a coach."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from coach.catalog import Catalog, open_catalog
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.embedding import Embedder, PrecomputedEmbedder, bundled_embedder
from coach.kinds import open_classifier
from coach.paths import VECTORS
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.retrieval.search import Search
    from coach.store import Database, KeyStore, ReviewStore


@dataclass(frozen=True)
class Coach:
    """Everything put together; heavy parts are opened when first asked for."""

    settings: Settings

    @cached_property
    def catalog(self) -> Catalog:
        """The knowledge base."""
        return open_catalog(cache=self.settings.home / "cache" / "catalog.json")

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model for search: the configured address, else the bundled one, else none."""
        if self.settings.embedding_base_url and self.settings.embedding_model:
            from coach.embedding.remote import RemoteEmbedder  # noqa: PLC0415 - only with an address

            key = self.settings.embedding_api_key
            return RemoteEmbedder(
                self.settings.embedding_base_url,
                self.settings.embedding_model,
                key.get_secret_value() if key else None,
            )
        bundled = bundled_embedder()
        return PrecomputedEmbedder(bundled, VECTORS) if bundled else None

    @cached_property
    def database(self) -> "Database":
        """The database, migrated."""
        from coach.store import open_database  # noqa: PLC0415 - heavy

        return open_database(self.settings.database)

    @cached_property
    def reviews(self) -> "ReviewStore":
        """Stored reviews."""
        from coach.store import ReviewStore  # noqa: PLC0415 - heavy

        return ReviewStore(self.database)

    @cached_property
    def keys(self) -> "KeyStore":
        """API keys."""
        from coach.store import KeyStore  # noqa: PLC0415 - heavy

        return KeyStore(self.database)

    @cached_property
    def search(self) -> "Search":
        """Search over the knowledge base; its vector index lies under home."""
        from coach.retrieval.search import Search  # noqa: PLC0415 - heavy

        return Search(self.catalog, self.embedder, self.settings.home / "index")

    @cached_property
    def critic(self) -> Critic:
        """The walk. The kind classifier keeps to the bundled embedding that it was trained with."""
        return Critic(
            self.catalog,
            open_classifier(bundled_embedder()),
            models=self._models(),
            profile=self.settings.profile,
        )

    def _models(self) -> Models:
        settings = self.settings
        if settings.llm_model is None:
            return Models()
        from coach.llm import ModelAddress, open_chat_model  # noqa: PLC0415 - heavy, only with a model

        def model(name: str) -> ModelAddress:
            return ModelAddress(name, settings.model_base_url, settings.model_key, settings.llm_timeout)

        return Models(
            judge=open_chat_model(model(settings.llm_judge_model or settings.llm_model)),
            rewrite=open_chat_model(model(settings.llm_rewrite_model or settings.llm_model)),
        )


def open_coach(settings: Settings) -> Coach:
    """Return the coach for these settings."""
    return Coach(settings)
