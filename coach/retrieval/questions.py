"""Everyday questions and the pages that answer them: what words and meaning of a page are learnt from.

They are not searched one by one; they say which words and turns of thought belong to a page.
"""

import json
from functools import cache
from pathlib import Path

from coach.language import Language
from coach.okr import Strict
from coach.paths import KNOWLEDGE

FOLDER = KNOWLEDGE / "questions"


class Question(Strict):
    """What somebody types, and the slugs of the articles and patterns that answer it, best first."""

    query: str
    pages: tuple[str, ...]

    def shares(self) -> tuple[tuple[str, float], ...]:
        """Return each slug with how much the question counts for it: the best page most."""
        return tuple((slug, 1.0 if place == 0 else 0.5) for place, slug in enumerate(self.pages))


@cache
def read_questions(language: Language, folder: Path = FOLDER) -> tuple[Question, ...]:
    """Return the questions in a language; none where the file is missing."""
    file = folder / f"{language}.jsonl"
    if not file.is_file():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(Question.model_validate(json.loads(line)) for line in lines if line.strip())
