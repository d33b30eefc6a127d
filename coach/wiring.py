"""The only composition root: from settings to a coach."""

import re
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coach.catalog import Catalog, Extended, extended, open_catalog
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.detectors import faults_of
from coach.embedding import Embedder, PrecomputedEmbedder, TunedEmbedder, tuned_embedder
from coach.errors import Fault
from coach.kinds import open_classifier
from coach.learned import Learned
from coach.muting import muted_in
from coach.paths import VECTORS
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.retrieval.search import Search
    from coach.store import Database, FeedbackStore, KeyStore, ReviewStore
    from coach.workshop.workshops import Workshops


LOCAL_TENANT = "local"
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Coach:
    """Everything put together; heavy parts are opened when first asked for.

    `tenant`: whose own knowledge is added to what ships and to what the whole installation has of its own; such a
    coach shares models and database with the `installation`.
    """

    settings: Settings
    tenant: str | None = None
    installation: "Coach | None" = None

    def of(self, tenant: str) -> "Coach":
        """Return the coach of a tenant: this one where the tenant has no knowledge of its own."""
        root = self.installation or self
        if not root._tenant_folders(tenant):
            return root
        with root._lock:
            return root._tenants.setdefault(tenant, Coach(root.settings, tenant, root))

    def tenants(self) -> "list[Coach]":
        """Return the coaches of all tenants with knowledge of their own."""
        names = {
            folder.name for own in self.settings.knowledge_dirs for folder in own.glob("tenants/*") if folder.is_dir()
        }
        return [self.of(name) for name in sorted(names) if _TENANT.fullmatch(name)]

    def _tenant_folders(self, tenant: str) -> list[Path]:
        if not _TENANT.fullmatch(tenant):
            return []
        return [own / "tenants" / tenant for own in self.settings.knowledge_dirs if (own / "tenants" / tenant).is_dir()]

    @cached_property
    def _tenants(self) -> "dict[str, Coach]":
        return {}

    @cached_property
    def _lock(self) -> threading.Lock:
        return threading.Lock()

    @cached_property
    def catalog(self) -> Catalog:
        """The knowledge base: what ships, what the installation adds, what the tenant adds."""
        return self._knowledge.catalog

    @property
    def knowledge_faults(self) -> tuple[Fault, ...]:
        """What was skipped in the own knowledge folders."""
        return self._knowledge.faults

    @cached_property
    def _knowledge(self) -> Extended:
        if self.installation is None:
            shipped = open_catalog(cache=self.settings.home / "cache" / "catalog.json")
            return extended(shipped, self.settings.knowledge_dirs, faults_of)
        return extended(self.installation.catalog, self._tenant_folders(self.tenant or ""), faults_of)

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model for search: the configured address, else the bundled one, else none."""
        if self.installation is not None:
            return self.installation.embedder
        if self.settings.embedding_base_url and self.settings.embedding_model:
            from coach.embedding.remote import RemoteEmbedder  # noqa: PLC0415 - only with an address

            key = self.settings.embedding_api_key
            return RemoteEmbedder(
                self.settings.embedding_base_url,
                self.settings.embedding_model,
                key.get_secret_value() if key else None,
            )
        return PrecomputedEmbedder(self.encoder, VECTORS) if self.encoder else None

    @cached_property
    def encoder(self) -> TunedEmbedder | None:
        """The encoder in the package; None where it cannot run."""
        if self.installation is not None:
            return self.installation.encoder
        return tuned_embedder(self.settings.home / "cache")

    @cached_property
    def learned(self) -> Learned | None:
        """What the encoder says of texts."""
        if self.installation is not None:
            return self.installation.learned
        return Learned(self.encoder) if self.encoder else None

    @cached_property
    def database(self) -> "Database":
        """The database, migrated."""
        if self.installation is not None:
            return self.installation.database
        from coach.store import open_database  # noqa: PLC0415 - heavy

        return open_database(self.settings.database)

    @cached_property
    def reviews(self) -> "ReviewStore":
        """Stored reviews."""
        from coach.store import ReviewStore  # noqa: PLC0415 - heavy

        return ReviewStore(self.database)

    @cached_property
    def feedback(self) -> "FeedbackStore":
        """Feedback on findings, and muted patterns."""
        from coach.store import FeedbackStore  # noqa: PLC0415 - heavy

        return FeedbackStore(self.database)

    @cached_property
    def workshops(self) -> "Workshops":
        """Workshops; each tenant's rooms are read by that tenant's coach."""
        if self.installation is not None:
            return self.installation.workshops
        from coach.store import WorkshopStore  # noqa: PLC0415 - heavy
        from coach.workshop.workshops import Workshops  # noqa: PLC0415 - heavy

        return Workshops(
            WorkshopStore(self.database),
            review=lambda tenant, draft: self.of(tenant).critic.review(draft, muted=self.muted(tenant)),
            catalog=lambda tenant: self.of(tenant).catalog,
            reviews=self.reviews,
            cache=self.settings.home / "cache" / "pictures",
        )

    def muted(self, tenant: str) -> frozenset[str]:
        """Return the patterns that a tenant has muted; the store is opened only for a database of one's own."""
        if self.settings.database_url is None:
            return muted_in(self.settings.own_database, tenant)
        return frozenset(muted.pattern for muted in self.feedback.muted(tenant))

    @cached_property
    def keys(self) -> "KeyStore":
        """API keys."""
        from coach.store import KeyStore  # noqa: PLC0415 - heavy

        return KeyStore(self.database)

    @cached_property
    def search(self) -> "Search":
        """Search over the knowledge base; its vector index lies under home."""
        from coach.retrieval.search import Search  # noqa: PLC0415 - heavy

        folder = self.settings.home / "index"
        if self.tenant is None:
            return Search(self.catalog, self.embedder, folder, self.critic.read_query)
        search = Search(self.catalog, self.embedder, folder / "tenants" / self.tenant, self.critic.read_query)
        search.build()
        return search

    @cached_property
    def critic(self) -> Critic:
        """The walk. It keeps to the encoder in the package, whatever model search uses."""
        return Critic(
            self.catalog,
            open_classifier(self.learned),
            learned=self.learned,
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
