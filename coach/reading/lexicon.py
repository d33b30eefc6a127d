"""The words that detectors know: `knowledge/lexicon/{de,en}.toml`, with every derived form."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from coach.errors import Fault, KnowledgeError
from coach.language import Language, locale_of
from coach.language.locale import Form, Locale
from coach.paths import KNOWLEDGE

_ENTRY = re.compile(r"(\S+?)(?:\s*\[([^\]]*)\])?(?=\s|$)")
_MIN_HEAD = 3
_JOINT = re.compile(r"[-‑:*_/]")
_GENDER_ENDINGS = frozenset({"in", "innen", "r", "n", "e"})

Tag = str


class Word(NamedTuple):
    """What the lexicon knows of a word form: its tags, and for verbs the form it is in."""

    tags: frozenset[Tag]
    form: Form | None


class Lexicon:
    """Words of one language by their forms; phrases by their first word."""

    def __init__(self, language: Language, words: Mapping[str, Mapping[str, str]]) -> None:
        self.language = language
        self._locale: Locale = locale_of(language)
        self.tags = frozenset(tag for groups in words.values() for tag in groups)
        self._forms: dict[str, Word] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
        self._separable: dict[str, list[tuple[str, Tag]]] = {}
        self._nouns: dict[str, frozenset[Tag]] = {}
        for section, groups in words.items():
            for tag, listing in groups.items():
                self._add_group(section, tag, listing)
        self._look_up = lru_cache(maxsize=20_000)(self._find)

    def _add_group(self, section: str, tag: Tag, listing: str) -> None:
        for entry, irregular in _entries(listing):
            if section == "verbs":
                for form, kind in self._locale.verb_forms(entry, irregular):
                    self._add(form, tag, kind)
                if (split := self._locale.separable(entry)) is not None:
                    self._separable.setdefault(split[0], []).append((split[1], tag))
            else:
                for form in (entry, *irregular):
                    self._add(form, tag, None)
                    if section == "nouns":
                        key = fold(form)
                        self._nouns[key] = self._nouns.get(key, frozenset()) | {tag}

    def _add(self, form: str, tag: Tag, kind: Form | None) -> None:
        parts = tuple(fold(part) for part in form.split("_"))
        if len(parts) > 1:
            self._phrases.setdefault(parts[0], []).append((parts, Word(frozenset({tag}), kind)))
            return
        known = self._forms.get(parts[0])
        self._forms[parts[0]] = Word((known.tags if known else frozenset()) | {tag}, (known and known.form) or kind)

    def look_up(self, word: str) -> Word | None:
        """Return what is known of a word in any case and inflection; of a German compound, by its head."""
        return self._look_up(fold(word))

    def _find(self, word: str) -> Word | None:
        for stem in self._locale.stems(word):
            if (known := self._forms.get(stem)) is not None and (stem == word or self._inflects(stem, known)):
                return self._with_noun(word, known)
        tail = _JOINT.split(word)[-1]
        if tail != word:
            return None if tail in _GENDER_ENDINGS else self._find(tail)
        return self._find_head(word) if self._locale.compounds else None

    def _with_noun(self, word: str, known: Word) -> Word:
        """Add what the word means as a noun: "calls" is a verb form and the plural of call."""
        tags = next((self._nouns[stem] for stem in self._locale.stems(word) if stem in self._nouns), frozenset())
        return Word(known.tags | tags, known.form) if tags else known

    def _inflects(self, stem: str, known: Word) -> bool:
        return known.form is None and known.tags.isdisjoint({"us", "absolute"}) and len(stem) >= _MIN_HEAD

    def _find_head(self, word: str) -> Word | None:
        """Return the noun that a compound ends in (Kundenportal → Portal)."""
        for stem in self._locale.stems(word):
            for cut in range(_MIN_HEAD, len(stem) - _MIN_HEAD + 1):
                if (tags := self._nouns.get(stem[cut:])) is not None and len(stem) - cut >= _MIN_HEAD:
                    return Word(tags, None)
                if (known := self._forms.get(stem[cut:])) is not None and known.form == "nom":
                    return known
        return None

    def phrases_from(self, word: str) -> list[tuple[tuple[str, ...], Word]]:
        """Return the phrases that start with this word."""
        return self._phrases.get(fold(word), [])

    def separated(self, word: str) -> list[tuple[str, Tag]]:
        """Return (prefix, tag) of separable verbs that this finite form may belong to."""
        folded = fold(word)
        for ending in ("en", "te", "ten", "st", "t", "e", ""):
            if folded.endswith(ending) and (found := self._separable.get(folded.removesuffix(ending))) is not None:
                return found
        return []


def fold(word: str) -> str:
    """Return the key of a word: lower case, ss for ß."""
    return word.lower().replace("ß", "ss")


def _entries(listing: str) -> Iterator[tuple[str, list[str]]]:
    for match in _ENTRY.finditer(" ".join(listing.split())):
        yield match[1], [form for form in (match[2] or "").split(",") if form]


@lru_cache(maxsize=4)
def open_lexicon(language: Language, folder: Path = KNOWLEDGE / "lexicon") -> Lexicon:
    """Return the lexicon of a language, read once per process."""
    path = folder / f"{language}.toml"
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError([Fault(str(path), 1, f"cannot be read: {error}")]) from error
    return Lexicon(language, words)
