"""Stores: take and return domain objects; SQLite or PostgreSQL behind one URL."""

from coach.store.database import Database, open_database
from coach.store.feedback import FeedbackStore, RemarkedReview
from coach.store.keys import ApiKey, KeyStore
from coach.store.reviews import ReviewStore, StoredReview
from coach.store.workshops import StoredDraft, StoredWorkshop, WorkshopStore

__all__ = [
    "ApiKey",
    "Database",
    "FeedbackStore",
    "KeyStore",
    "RemarkedReview",
    "ReviewStore",
    "StoredDraft",
    "StoredReview",
    "StoredWorkshop",
    "WorkshopStore",
    "open_database",
]
