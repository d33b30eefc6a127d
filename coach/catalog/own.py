"""An organisation's own knowledge: folders laid out like knowledge/, added to what ships.

What cannot be read is reported and skipped; the rest works. A page may exist in one language alone.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from coach.catalog.catalog import Catalog, Pages
from coach.catalog.files import Faults
from coach.catalog.load import folders, load_article, load_pattern, load_transformations, read_yaml
from coach.catalog.records import FailurePattern, GlossaryFile
from coach.errors import Fault

_PARTS = ("patterns", "articles", "transformations", "glossary.yaml", "tenants")


class Extended(NamedTuple):
    """A catalogue with an organisation's own pages, and what was skipped."""

    catalog: Catalog
    faults: tuple[Fault, ...]


def extended(catalog: Catalog, roots: Sequence[Path], check: Callable[[FailurePattern], Iterable[Fault]]) -> Extended:
    """Return the catalogue with the pages of these folders; `check` says what keeps a pattern from being used."""
    skipped: list[Fault] = []
    pages = catalog.pages()
    for root in roots:
        faults = Faults(root)
        if any((root / part).exists() for part in _PARTS):
            _add_patterns(root, pages, faults, check)
            _add_others(root, pages, faults)
        else:
            faults.add(root, 1, f"holds none of {', '.join(_PARTS)}" if root.is_dir() else "is no folder")
        skipped += faults
    return Extended(catalog.with_pages(pages) if roots else catalog, tuple(skipped))


def _add_patterns(root: Path, pages: Pages, faults: Faults, check: Callable[[FailurePattern], Iterable[Fault]]) -> None:
    for folder in folders(root / "patterns"):
        pattern = load_pattern(folder, faults, whole=False)
        if pattern is None or _exists(pattern.slug, pages.patterns, folder, faults):
            continue
        if unfit := list(check(pattern)):
            for fault in unfit:
                faults.add(folder / "pattern.yaml", fault.line, fault.detail)
            continue
        pages.patterns[pattern.slug] = pattern
        pages.folders[pattern.slug] = folder


def _add_others(root: Path, pages: Pages, faults: Faults) -> None:
    for folder in folders(root / "articles"):
        article = load_article(folder, faults, whole=False)
        if article is not None and not _exists(article.slug, pages.articles, folder, faults):
            pages.articles[article.slug] = article
    for path in sorted((root / "transformations").glob("[!.]*.yaml")):
        for entry in load_transformations(path, faults):
            if not _exists(entry.slug, pages.transformations, path, faults):
                pages.transformations[entry.slug] = entry
    if (root / "glossary.yaml").exists() and (terms := read_yaml(GlossaryFile, root / "glossary.yaml", faults)):
        for term in terms.terms:
            if not _exists(term.slug, pages.glossary, root / "glossary.yaml", faults):
                pages.glossary[term.slug] = term


def _exists(slug: str, known: Iterable[str], path: Path, faults: Faults) -> bool:
    if slug in known:
        faults.add(path, 1, f"{slug!r} exists already; an own page needs a name of its own")
        return True
    return False
