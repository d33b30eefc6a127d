"""The chat: a coach who asks one question at a time and drafts with you, with or without a model."""

from coach.chat.coach import ChatCoach

__all__ = ["ChatCoach"]
