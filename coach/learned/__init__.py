"""What the tuned encoder says of texts: kinds, patterns, draft or question."""

from coach.learned.heads import Decision, Decisions, Form, Learned, read_decisions

__all__ = ["Decision", "Decisions", "Form", "Learned", "read_decisions"]
