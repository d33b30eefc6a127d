"""The only composition root: from settings to a coach."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coach.catalog import Catalog, Extended, extended, open_catalog
from coach.critique import Critic
from coach.critique.memory import digest_of
from coach.critique.pipeline import Models
from coach.detectors import faults_of
from coach.embedding import (
    BridgeEmbedder,
    BundledEmbedder,
    Embedder,
    PrecomputedEmbedder,
    TunedEmbedder,
    tuned_embedder,
)
from coach.errors import Fault, NotFound
from coach.kinds import open_classifier
from coach.language import Language
from coach.learned import Learned
from coach.muting import muted_in
from coach.okr import Draft
from coach.paths import VECTORS
from coach.review import Review
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.chat import ChatCoach
    from coach.chat.drafting import Drafting
    from coach.chat.voice import Voice
    from coach.conversation import Opening
    from coach.feedback import Example
    from coach.llm import Budget, Meter
    from coach.retrieval.across import Embedders
    from coach.retrieval.remembered import Remembered
    from coach.retrieval.search import Found, Search
    from coach.roles import Roles
    from coach.store import (
        AnswerStore,
        ConversationStore,
        CycleStore,
        Database,
        FeedbackStore,
        KeyStore,
        ReviewStore,
        StrategyStore,
        TenantAnswers,
    )
    from coach.strategy.aligned import Alignment
    from coach.strategy.bridge import Bridge, BridgeRequest
    from coach.strategy.desk import StrategyDesk
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
    meter: "Meter | None" = None

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
    def plain_encoder(self) -> Embedder | None:
        """The bundled model as its makers left it, for alignment: the tuned one forgets what texts are about."""
        if self.installation is not None:
            return self.installation.plain_encoder
        return BundledEmbedder() if self.encoder else None

    @cached_property
    def across(self) -> "Embedders | None":
        """The models that look across languages; None where none can run."""
        from coach.retrieval.across import Embedders  # noqa: PLC0415 - heavy

        if self.installation is not None:
            return self.installation.across
        return Embedders(self.plain_encoder, BridgeEmbedder()) if self.plain_encoder else None

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
    def answers(self) -> "AnswerStore":
        """Kept answers of models."""
        if self.installation is not None:
            return self.installation.answers
        from coach.store import AnswerStore  # noqa: PLC0415 - heavy

        return AnswerStore(self.database, self.settings.llm_keep_hours)

    def memory(self, tenant: str, draft: Draft) -> "TenantAnswers | None":
        """Return the tenant's kept answers; None where no model takes part or nothing is kept."""
        return self._kept(tenant, wanted=self.critic.asks_model(draft))

    def examples(self, tenant: str, draft: Draft) -> "tuple[Example, ...]":
        """Return what the tenant has said of findings, for the model to see; nothing where none takes part."""
        return self.feedback.examples(tenant) if self.critic.asks_model(draft) else ()

    def review(self, tenant: str, draft: Draft, *, muted: frozenset[str] | None = None) -> Review:
        """Return the review of a tenant's draft: without what it has muted, from memory where it is a repeat."""
        quiet = self.muted(tenant) if muted is None else muted
        examples = self.examples(tenant, draft)
        return self.critic.review(draft, muted=quiet, memory=self.memory(tenant, draft), examples=examples)

    def streamed(self, tenant: str, draft: Draft) -> Iterator[Review]:
        """Yield the review by the rules at once where a model takes part, then the one of `review`."""
        examples, memory = self.examples(tenant, draft), self.memory(tenant, draft)
        return self.critic.reviews(draft, muted=self.muted(tenant), memory=memory, examples=examples)

    def delete_review(self, tenant: str, identifier: str) -> None:
        """Delete a stored review, the feedback on it, and what models answered about its draft."""
        draft = self.reviews.delete(tenant, identifier)
        self.answers.forget(tenant, digest_of(draft))

    @cached_property
    def chat(self) -> "ChatCoach":
        """The coach in conversation."""
        from coach.chat import ChatCoach  # noqa: PLC0415 - a review needs none of it
        from coach.chat.strategy import StrategyTalk  # noqa: PLC0415 - heavy

        return ChatCoach(
            self.critic,
            self.catalog,
            self._find,
            passage=self._passage_text,
            voice=self._voice(),
            drafting=self._drafting(),
            strategy=StrategyTalk(lambda: self.desk),
        )

    def _voice(self) -> "Voice | None":
        if self.models is None:
            return None
        from coach.chat.voice import Voice  # noqa: PLC0415 - only with a model

        return Voice(self.models.chat)

    def _drafting(self) -> "Drafting | None":
        if self.models is None:
            return None
        from coach.chat.drafting import Drafting  # noqa: PLC0415 - only with a model

        return Drafting(self.models.chat, self.critic)

    def _passage_text(self, identifier: str) -> str | None:
        passage = self.search.passage(identifier)
        return passage.text if passage else None

    def _find(self, query: str, *, language: Language | None = None, limit: int = 5) -> "list[Found]":
        """Search, opened when first needed."""
        return self._remembered(query, language=language, limit=limit)

    @cached_property
    def _remembered(self) -> "Remembered":
        from coach.retrieval.remembered import Remembered  # noqa: PLC0415 - heavy

        return Remembered(self.search)

    def chat_of(self, tenant: str) -> "ChatCoach":
        """Return the coach in conversation that raises nothing a tenant has muted."""
        return self.chat.without(self.muted(tenant))

    def framed(self, tenant: str, opening: "Opening") -> "Opening":
        """Return an opening with the stored frame that it names in its context; raise NotFound where there is none."""
        if opening.strategy_id is None:
            return opening
        frame = self.strategies.get(tenant, opening.strategy_id).strategy
        return opening.model_copy(update={"context": opening.context.model_copy(update={"strategy": frame})})

    @cached_property
    def conversations(self) -> "ConversationStore":
        """Stored conversations."""
        from coach.store import ConversationStore  # noqa: PLC0415 - heavy

        return ConversationStore(self.database)

    @cached_property
    def strategies(self) -> "StrategyStore":
        """Strategy frames."""
        from coach.store import StrategyStore  # noqa: PLC0415 - heavy

        return StrategyStore(self.database)

    @cached_property
    def cycles(self) -> "CycleStore":
        """Cycles."""
        from coach.store import CycleStore  # noqa: PLC0415 - heavy

        return CycleStore(self.database)

    @cached_property
    def desk(self) -> "StrategyDesk":
        """Strategy, cycles, readiness."""
        from coach.strategy.desk import StrategyDesk  # noqa: PLC0415 - only where it is asked for

        return StrategyDesk(
            self.catalog,
            open_classifier(self.learned),
            self.critic,
            self.plain_encoder,
            pictures=self.settings.home / "cache" / "pictures",
            models=self._critics,
        )

    def align(self, tenant: str, draft: Draft) -> "Alignment":
        """Return what a tenant's draft serves in its frame, from memory where it is a repeat."""
        return self.desk.align(draft, memory=self._kept(tenant, wanted=self.desk.align.asks_model(draft)))

    def bridge(self, tenant: str, request: "BridgeRequest") -> "Bridge":
        """Return the bridge from a tenant's goal, from memory where it is a repeat."""
        return self.desk.bridge(request, memory=self._kept(tenant, wanted=request.mode != "rules"))

    def _kept(self, tenant: str, *, wanted: bool) -> "TenantAnswers | None":
        wanted = wanted and self.models is not None and self.settings.llm_keep_hours > 0
        return self.answers.of(tenant) if wanted else None

    @cached_property
    def workshops(self) -> "Workshops":
        """Workshops; each tenant's rooms are read by that tenant's coach."""
        if self.installation is not None:
            return self.installation.workshops
        from coach.store import WorkshopStore  # noqa: PLC0415 - heavy
        from coach.workshop.workshops import Workshops  # noqa: PLC0415 - heavy

        return Workshops(
            WorkshopStore(self.database),
            review=self._read_in_room,
            catalog=lambda tenant: self.of(tenant).catalog,
            reviews=self.reviews,
            cache=self.settings.home / "cache" / "pictures",
        )

    def _read_in_room(self, tenant: str, draft: Draft) -> Review:
        """Review a card; the room's tenant pays, and no answer of a model outlives the room."""
        from coach.llm import payer  # noqa: PLC0415 - not for a review by rules alone

        payer.set(tenant)
        return self.of(tenant).critic.review(draft, muted=self.muted(tenant))

    def muted(self, tenant: str) -> frozenset[str]:
        """Return the patterns that a tenant has muted; the store is opened only for a database of one's own."""
        if self.settings.database_url is None:
            return muted_in(self.settings.own_database, tenant)
        return frozenset(muted.pattern for muted in self.feedback.muted(tenant))

    def names_of(self, slug: str) -> tuple[str, ...]:
        """Return every name of a pattern, today's and former ones; of one that nobody knows, the name itself."""
        try:
            pattern = self.catalog.pattern(slug)
        except NotFound:
            return (slug,)
        return (pattern.slug, *pattern.former)

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
        if self.tenant is not None:
            folder = folder / "tenants" / self.tenant
        search = Search(self.catalog, self.embedder, folder, self.critic.read_query, across=self.across)
        if self.tenant is not None:
            search.build()
        return search

    @cached_property
    def critic(self) -> Critic:
        """The walk. It keeps to the encoder in the package, whatever model search uses."""
        return Critic(
            self.catalog,
            open_classifier(self.learned),
            learned=self.learned,
            models=self._critics,
            profile=self.settings.profile,
        )

    @property
    def _critics(self) -> Models:
        """The models that judge and word; none where none is configured."""
        return Models(self.models.judge, self.models.rewrite) if self.models else Models()

    @cached_property
    def models(self) -> "Roles | None":
        """The chat models by role; None where no model is configured."""
        if self.installation is not None:
            return self.installation.models
        if self.settings.llm_model is None:
            return None
        from coach.roles import open_roles  # noqa: PLC0415 - only with a model

        return open_roles(self.settings, meter=self.meter, budget=self._budget())

    def _budget(self) -> "Budget | None":
        tokens, cost = self.settings.llm_budget_tokens, self.settings.llm_budget_cost
        if tokens is None and cost is None:
            return None
        from coach.budget import DailyBudget  # noqa: PLC0415 - heavy, only with a budget
        from coach.store import SpendingStore  # noqa: PLC0415 - heavy

        return DailyBudget(SpendingStore(self.database), tokens=tokens, cost=cost)


def open_coach(settings: Settings, *, meter: "Meter | None" = None) -> Coach:
    """Return the coach for these settings; `meter` hears of every call to a model."""
    return Coach(settings, meter=meter)
