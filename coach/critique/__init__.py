"""The one walk: detect → ground → judge → rewrite → verify."""

from coach.critique.pipeline import Critic

__all__ = ["Critic"]
