"""`python -m evals.subjects`: how alike a rewrite and its draft are, and a rewrite and some other draft.

Pairs come from the transformation library (what people write → the scaffold filled with its first noun) and from the
pattern pages („draft“ → „rewrite“). The bounds in coach/critique/verify.py are read off this table.
"""

import random
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from coach.catalog import Catalog, open_catalog
from coach.critique.verify import keeps_subject
from coach.embedding import tuned_embedder
from coach.language import LANGUAGES, Language
from coach.learned import Learned
from coach.reading import read

_QUOTED = re.compile(r"[„“\"]([^„“”\"]+)[“”\"]\s*→\s*[„“\"]([^“”\"]+)[“”\"]")
_QUANTILES = (0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


class Pair(NamedTuple):
    """A draft, a rewrite, and the field that both are from."""

    draft: str
    rewrite: str
    field: str


def main() -> None:
    """Print a table per language."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = open_catalog(cache=Path(folder) / "catalog.json")
        encoder = tuned_embedder(Path(folder))
        assert encoder is not None, "the encoder cannot run here"
        learned = Learned(encoder)
        for language in LANGUAGES:
            library = _of_library(catalog, language)
            kinds = {
                "library": library,
                "pages": _of_pages(catalog, language),
                "other draft": _mismatched(library),
            }
            print(f"\n{language}{'':16} {'n':>4} {'kept':>6} " + " ".join(f"{q:>6.1%}" for q in _QUANTILES))
            for name, pairs in kinds.items():
                alike = _alike(learned, pairs)
                kept = np.mean(
                    [
                        keeps_subject(pair.rewrite, read(pair.draft, language), language, float(value))
                        for pair, value in zip(pairs, alike, strict=True)
                    ]
                )
                row = " ".join(f"{value:6.2f}" for value in np.quantile(alike, _QUANTILES))
                print(f"{name:18} {len(pairs):4} {kept:6.2f} {row}")


def _of_library(catalog: Catalog, language: Language) -> list[Pair]:
    pairs = []
    for entry in catalog.transformations:
        text = entry.in_language(language)
        for draft in text.write:
            noun = next((head for head in text.heads if head.lower() in draft.lower()), text.heads[0])
            rewrite = text.scaffold.replace("{subject}", noun).replace("{people}", text.people)
            pairs.append(Pair(draft, rewrite, entry.field))
    return pairs


def _of_pages(catalog: Catalog, language: Language) -> list[Pair]:
    return [
        Pair(found[0], found[1], slug)
        for slug, pattern in catalog.patterns.items()
        for section in pattern.text[language].sections
        for found in _QUOTED.findall(section.text)
    ]


def _mismatched(pairs: list[Pair]) -> list[Pair]:
    """Return each draft with the rewrite of one from another field, the same at every run."""
    draw = random.Random(1)
    return [
        pair._replace(rewrite=draw.choice([other for other in pairs if other.field != pair.field]).rewrite)
        for pair in pairs
    ]


def _alike(learned: Learned, pairs: list[Pair]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    drafts = learned.vectors([pair.draft for pair in pairs])
    rewrites = learned.vectors([pair.rewrite for pair in pairs])
    found: np.ndarray[tuple[int], np.dtype[np.float32]] = (drafts * rewrites).sum(axis=1)
    return found


if __name__ == "__main__":
    main()
