"""An organisation's own knowledge: added, kept apart per tenant, skipped where it cannot be read."""

from pathlib import Path

import pytest

from coach.language import Language
from coach.okr import parse_draft
from coach.settings import Settings
from coach.wiring import Coach, open_coach

ARTICLE = """---
title: "Rotes Buch"
summary: "Wie die Muster AG ihre Zyklen schneidet."
questions_typed: ["wann beginnt bei uns der zyklus", "was ist das rote buch"]
---
## Zyklen der Muster AG
Bei uns beginnt jeder Zyklus in der zweiten Woche nach Quartalsende, weil die Werke dann zählen. Das Rote Buch hält
fest, welche Zähltage gelten.
"""
PATTERN = """---
name: "Buzzword"
messages: ["„{quote}“ ist bei uns ein Füllwort."]
questions_typed: ["warum ist synergie verboten"]
---
## Woran Du es erkennst
Das Wort Synergie.
## Warum es schadet
Es sagt nichts.
## Stattdessen
Sagt, wer was davon hat.
## Frag nach
- Wer merkt etwas davon?
## Wann es in Ordnung ist
Nie.
"""
PATTERN_FILE = """level: key_result
severity: {default: warning}
detector: {kind: lexicon, words: {de: [synergi], en: [synerg]}}
"""


def write(root: Path, name: str, text: str) -> None:
    """Write a file and its folders."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with knowledge for everybody and for one tenant."""
    root = tmp_path / "own"
    write(root, "articles/red-book/de.md", ARTICLE)
    write(root, "articles/red-book/article.yaml", "topics: [cycle]\n")
    write(root, "tenants/acme/articles/acme-only/de.md", ARTICLE.replace("Rotes Buch", "Blaues Buch"))
    write(root, "tenants/acme/articles/acme-only/article.yaml", "topics: [cycle]\n")
    return root


def coach_with(tmp_path: Path, *folders: Path) -> Coach:
    """Return a coach with own knowledge."""
    return open_coach(Settings(home=tmp_path / "home", knowledge_dirs=folders))


def test_own_article_in_one_language_can_be_found_in_both(tmp_path: Path, own: Path) -> None:
    coach = coach_with(tmp_path, own)
    coach.search.build()
    assert not coach.knowledge_faults
    asked: list[tuple[Language, str]] = [
        ("de", "was ist das rote buch"),
        ("en", "what does the red book say about counting days"),
    ]
    for language, query in asked:
        found = coach.search.find(query, language=language, limit=3)
        assert "red-book" in [passage.slug for passage in found], query


def test_a_tenants_pages_are_seen_by_that_tenant_alone(tmp_path: Path, own: Path) -> None:
    coach = coach_with(tmp_path, own)
    acme, other = coach.of("acme"), coach.of("other")
    assert "acme-only" in acme.catalog.articles
    assert "red-book" in acme.catalog.articles
    assert other is coach
    assert "acme-only" not in other.catalog.articles
    assert coach.of("acme") is acme
    assert acme.search.passage("article/acme-only/de/zyklen-der-muster-ag") is not None
    assert coach.search.passage("article/acme-only/de/zyklen-der-muster-ag") is None


@pytest.mark.parametrize("tenant", ["../acme", "", ".", "a/b", "tenants/../acme"])
def test_a_tenants_name_never_leads_out_of_its_folder(tmp_path: Path, own: Path, tenant: str) -> None:
    coach = coach_with(tmp_path, own)
    assert coach.of(tenant) is coach


def test_a_bad_file_is_reported_and_the_rest_works(tmp_path: Path, own: Path) -> None:
    write(own, "articles/broken/de.md", "no front matter")
    write(own, "articles/broken/article.yaml", "topics: [x]\n")
    write(own, "articles/no-language/article.yaml", "topics: [x]\n")
    write(own, "articles/kpi-or-key-result/de.md", ARTICLE)
    write(own, "articles/kpi-or-key-result/article.yaml", "topics: [x]\n")
    write(own, "patterns/unknown-kind/de.md", PATTERN)
    write(own, "patterns/unknown-kind/pattern.yaml", PATTERN_FILE.replace("lexicon", "oracle"))
    coach = coach_with(tmp_path, own, tmp_path / "missing")
    faults = "\n".join(str(fault) for fault in coach.knowledge_faults)
    for name in ("broken/de.md", "no-language", "kpi-or-key-result", "unknown-kind/pattern.yaml", "missing"):
        assert name in faults, faults
    assert "red-book" in coach.catalog.articles
    assert "broken" not in coach.catalog.articles
    assert coach.catalog.articles["kpi-or-key-result"].text["de"].title != "Rotes Buch"


def test_own_pattern_takes_part_in_reviews(tmp_path: Path, own: Path) -> None:
    write(own, "tenants/acme/patterns/buzzword/de.md", PATTERN)
    write(own, "tenants/acme/patterns/buzzword/pattern.yaml", PATTERN_FILE)
    coach = coach_with(tmp_path, own)
    assert not coach.of("acme").knowledge_faults
    draft = parse_draft(
        {"objective": "Alle ziehen mit", "key_results": ["Synergie zwischen 3 Werken"], "language": "de"}
    )

    def found(which: Coach) -> list[str]:
        return [finding.pattern for finding in which.critic.review(draft).objectives[0].key_results[0].findings]

    assert "buzzword" in found(coach.of("acme"))
    assert "buzzword" not in found(coach)
