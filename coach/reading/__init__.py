"""One text, read: its words with what the lexicon knows, its numbers, its head, and named signals.

Detectors and the kind classifier look at a `Reading`, never at the text itself.
"""

from coach.reading.reader import Head, Reading, Stretch, Token, read

__all__ = ["Head", "Reading", "Stretch", "Token", "read"]
