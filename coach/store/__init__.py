"""Stores: take and return domain objects; SQLite or PostgreSQL behind one URL."""

from coach.store.cycles import CycleStore, StoredCycle
from coach.store.database import Database, open_database
from coach.store.feedback import FeedbackStore, RemarkedReview
from coach.store.keys import ApiKey, KeyStore
from coach.store.reviews import ReviewStore, StoredReview
from coach.store.strategy import StoredStrategy, StrategyStore

__all__ = [
    "ApiKey",
    "CycleStore",
    "Database",
    "FeedbackStore",
    "KeyStore",
    "RemarkedReview",
    "ReviewStore",
    "StoredCycle",
    "StoredReview",
    "StoredStrategy",
    "StrategyStore",
    "open_database",
]
