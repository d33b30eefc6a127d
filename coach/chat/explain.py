"""Explain: a question about the method answered from the best passage, or why the open question is asked."""

import re
from typing import Protocol

from coach.catalog import Catalog
from coach.chat.answers import Answers
from coach.chat.talk import Talk
from coach.conversation import Slot
from coach.language import Language
from coach.retrieval.search import Found
from coach.review import Citation

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„“\"])")
_BULLETS = re.compile(r"(?:^|\s)[-•]\s+(?=[“„\"«])")
_ANSWER_WORDS = 65
_REASON_WORDS = 45
_TERM = 2
_WHY = 1


class Find(Protocol):
    """Finds passages of the knowledge base, best first."""

    def __call__(self, query: str, *, language: Language | None = None, limit: int = 5) -> list[Found]:
        """Return at most `limit` passages."""


class Explain:
    """Says what the knowledge base says, and cites it."""

    def __init__(self, catalog: Catalog, find: Find) -> None:
        self._catalog = catalog
        self._find = find

    def answer(self, talk: Talk, text: str) -> None:
        """Answer from the best passage, and cite it."""
        text = talk.words.patterns["asks_lead"].sub("", text)
        found = self._find(self._meant(talk, text), language=talk.language, limit=5)
        if not found:
            talk.say("no_answer_found")
        else:
            terms = self._terms(talk, text, found) if talk.words.has("defines", text) else []
            best = next((p for p in (*terms, *found) if _first_words(p.text)), found[0])
            talk.lines.append(talk.words.to_them(_first_words(best.text)) or best.heading)
            talk.citations = [_cited(best), *(_cited(passage) for passage in found[:2] if passage.id != best.id)][:2]
        if talk.pending is not None or talk.proposal is not None:
            talk.say("back_to_draft")

    def _terms(self, talk: Talk, text: str, found: list[Found]) -> list[Found]:
        """Return the glossary's words on the term that a question asks for: those found, else those on its last words.

        A search takes an embedding, so it is the term that is searched for, which was embedded before.
        """
        if there := [p for p in found if p.type == "glossary"]:
            return there
        last = " ".join(talk.words.patterns["defines"].sub("", text).split()[-_TERM:]).lower().strip(" ?!.")
        named = [
            term for entry in self._catalog.glossary if (term := entry.in_language(talk.language).term).lower() in last
        ]
        if not named:
            return []
        passages = self._find(max(named, key=len), language=talk.language, limit=5)
        return [p for p in passages if p.type == "glossary" and p.heading.lower() in last]

    def _meant(self, talk: Talk, text: str) -> str:
        """Return a question with what it refers to, where a value was asked for that nobody knows."""
        if talk.pending is None:
            return text
        if talk.pending.slot in {Slot.BASELINE, Slot.TARGET} and talk.words.has("not_knowing", text):
            return f"{self._catalog.patterns['no-baseline'].text[talk.language].name}: {text}"
        return text

    def clarify(self, talk: Talk, answers: Answers) -> None:
        """Say why the open question is asked, and ask it in other words."""
        slug = talk.pending.pattern if talk.pending else None
        if talk.pending is None and talk.proposal is not None:
            at = talk.seen.at(talk.proposal.options[0].edits[0].element)
            slug = at[0].finding.pattern if at else None
        if slug is not None and slug in self._catalog.patterns:
            why = self._catalog.patterns[slug].text[talk.language].sections[_WHY]
            talk.lines.append(talk.words.to_them(_first_words(why.text, _REASON_WORDS)))
            self.cite(talk, slug)
        answers.ask_otherwise(talk)
        if not talk.lines:
            talk.say("back_to_draft")

    def cite(self, talk: Talk, slug: str) -> None:
        """Cite the passage about a pattern."""
        query = self._catalog.patterns[slug].text[talk.language].name
        talk.citations = [_cited(p) for p in self._find(query, language=talk.language, limit=3) if p.slug == slug][:1]


def _first_words(text: str, most: int = _ANSWER_WORDS) -> str:
    """Return the first sentences of a passage without its list, as many as a chat turn can hold."""
    paragraph = " ".join(_BULLETS.split(text)[0].replace("**", "").split())
    kept: list[str] = []
    size = 0
    for sentence in _SENTENCE.split(paragraph):
        if sentence.rstrip('”“"').endswith("?"):
            continue
        size += len(sentence.split())
        if kept and size > most:
            break
        kept.append(sentence)
    return " ".join(kept)


def _cited(passage: Found) -> Citation:
    return Citation(**passage.model_dump(include=set(Citation.model_fields)))
