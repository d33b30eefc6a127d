"""Stores: take and return domain objects; SQLite or PostgreSQL behind one URL."""

from coach.store.answers import AnswerStore, TenantAnswers
from coach.store.conversations import ConversationStore, ConversationSummary
from coach.store.cycles import CycleStore, StoredCycle
from coach.store.database import Database, open_database
from coach.store.feedback import FeedbackStore, RemarkedReview
from coach.store.keys import ApiKey, KeyStore
from coach.store.reviews import ReviewStore, StoredReview
from coach.store.spending import SpendingStore
from coach.store.strategy import StoredStrategy, StrategyStore
from coach.store.workshops import StoredDraft, StoredWorkshop, WorkshopStore

__all__ = [
    "AnswerStore",
    "ApiKey",
    "ConversationStore",
    "ConversationSummary",
    "CycleStore",
    "Database",
    "FeedbackStore",
    "KeyStore",
    "RemarkedReview",
    "ReviewStore",
    "SpendingStore",
    "StoredCycle",
    "StoredDraft",
    "StoredReview",
    "StoredStrategy",
    "StoredWorkshop",
    "StrategyStore",
    "TenantAnswers",
    "WorkshopStore",
    "open_database",
]
