"""Stores: take and return domain objects; SQLite or PostgreSQL behind one URL."""

from coach.store.answers import AnswerStore, TenantAnswers
from coach.store.conversations import ConversationStore, ConversationSummary
from coach.store.database import Database, open_database
from coach.store.feedback import FeedbackStore, RemarkedReview
from coach.store.keys import ApiKey, KeyStore
from coach.store.reviews import ReviewStore, StoredReview
from coach.store.spending import SpendingStore

__all__ = [
    "AnswerStore",
    "ApiKey",
    "ConversationStore",
    "ConversationSummary",
    "Database",
    "FeedbackStore",
    "KeyStore",
    "RemarkedReview",
    "ReviewStore",
    "SpendingStore",
    "StoredReview",
    "TenantAnswers",
    "open_database",
]
