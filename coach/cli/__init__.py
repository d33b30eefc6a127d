"""The command `okr-coach`. Nothing heavy is imported before the command that needs it."""

from coach.cli.app import main

__all__ = ["main"]
