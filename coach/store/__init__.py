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
    "StoredReview",
    "StoredStrategy",
    "StrategyStore",
    "TenantAnswers",
    "open_database",
]
