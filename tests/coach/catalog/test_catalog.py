"""The catalogue: every fault of every file at once, and a cache that is only ever a cache."""

import json
import os
from pathlib import Path

import pytest

from coach.catalog import Catalog, open_catalog
from coach.catalog.catalog import check_catalog
from coach.errors import Fault, KnowledgeError, NotFound
from coach.review import Level, Severity

PATTERN = """\
level: key_result
severity:
  default: warning
  lenient: "off"
detector: {kind: absence, lacks: [baseline]}
related: [no-target]
sources: [A1.1]
"""
ENGLISH = """\
---
name: No baseline
messages:
  - The start is open.
---
## What it looks like
Like this.

## Why it hurts
Like that.

## Instead
Better so.

## Ask
- Where are you today?
- Since when?

## When it is fine
Never.
"""
GERMAN = (
    ENGLISH.replace("What it looks like", "Woran Du es erkennst")
    .replace("Why it hurts", "Warum es schadet")
    .replace("Instead", "Stattdessen")
    .replace("## Ask", "## Frag nach")
    .replace("When it is fine", "Wann es in Ordnung ist")
)
CASES = """\
# flagged
- {lang: en, text: "Raise NPS", expect: flagged}
- {lang: de, text: "NPS steigern", expect: flagged, quote: steigern}
"""
ENTRY = """\
      heads: [Portal]
      write: ["Portal live"]
      change: "x"
      observe: "x"
      ask: "x?"
      scaffold: "{subject} x"
      people: x
"""
FILES = {
    "patterns/no-baseline/pattern.yaml": PATTERN + "former: [missing-baseline]\n",
    "patterns/no-baseline/en.md": ENGLISH,
    "patterns/no-baseline/de.md": GERMAN,
    "patterns/no-baseline/cases.yaml": CASES,
    "patterns/no-target/pattern.yaml": PATTERN.replace("[no-target]", "[no-baseline]"),
    "patterns/no-target/en.md": ENGLISH,
    "patterns/no-target/de.md": GERMAN,
    "patterns/no-target/cases.yaml": CASES,
    "articles/courage/article.yaml": "topics: [courage]\nrelated: [no-baseline]\nsources: [grove-1983]\n",
    "articles/courage/en.md": "---\ntitle: Courage\nsummary: Short.\n---\n## One\nText.\n",
    "articles/courage/de.md": "---\ntitle: Mut\nsummary: Kurz.\n---\n## Eins\nText.\n",
    "transformations/portal.yaml": (
        "field: portal\nsources: [A1.1]\nentries:\n  - slug: portal\n    kinds: [output]\n"
        f"    de:\n{ENTRY}    en:\n{ENTRY}"
    ),
    "scaffolds.yaml": (
        "baseline_blank: {de: x, en: x}\n"
        "hypothesis: {de: {belief: x, reason: x}, en: {belief: x, reason: x}}\n"
        "general: {output: {de: {scaffold: x, people: x}}}\n"
    ),
    "notices.yaml": "de: {instructions_in_text: x}\nen: {instructions_in_text: x, orders: [ignore]}\n",
    "glossary.yaml": (
        "terms:\n  - slug: okr\n    sources: [A1.1]\n"
        "    de: {term: OKR, definition: x}\n    en: {term: OKR, definition: x}\n"
    ),
    "aside.yaml": "de: [Wetter morgen]\nen: [weather tomorrow]\n",
    "sources.yaml": "groups: {A: {de: x, en: x, points: [A1.1]}}\nworks: {grove-1983: x}\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small knowledge folder without a fault."""
    root = tmp_path / "knowledge"
    for name, text in FILES.items():
        write(root, name, text)
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def faults(root: Path) -> list[Fault]:
    """Return what the full check finds."""
    with pytest.raises(KnowledgeError) as caught:
        check_catalog(root)
    return list(caught.value.faults)


def lines(root: Path) -> list[tuple[str, int]]:
    return [(fault.file.removeprefix("knowledge/"), fault.line) for fault in faults(root)]


def test_a_sound_folder_is_read(root: Path) -> None:
    check_catalog(root)
    catalog = open_catalog(root)
    assert list(catalog.patterns) == ["no-baseline", "no-target"]
    pattern = catalog.pattern("no-baseline")
    assert (pattern.level, pattern.detector.kind) == (Level.KEY_RESULT, "absence")
    assert pattern.detector.parameters == {"lacks": ["baseline"]}
    assert pattern.text["en"].questions == ("Where are you today?", "Since when?")
    assert pattern.text["de"].sections[0].heading == "Woran Du es erkennst"
    assert pattern.severity_in("default") == pattern.severity_in("unheard-of") == Severity.WARNING
    assert pattern.severity_in("lenient") is None
    assert catalog.articles["courage"].text["de"].title == "Mut"
    assert [(entry.slug, entry.field) for entry in catalog.transformations] == [("portal", "portal")]
    assert [case.text for case in catalog.cases["no-baseline"]] == ["Raise NPS", "NPS steigern"]
    assert catalog.sources.ids() == {"A1.1", "grove-1983"}


def test_a_pattern_is_found_by_its_former_name(root: Path) -> None:
    catalog = open_catalog(root)
    assert catalog.pattern("missing-baseline") is catalog.pattern("no-baseline")
    with pytest.raises(NotFound, match="no pattern named 'no-such'"):
        catalog.pattern("no-such")


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("warning", "grave"), 3, "severity.default"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("related", "relatd"), 6, "relatd: Extra inputs"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("level: key_result\n", ""), 1, "level: Field required"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("default:", "google:"), 2, "no profile `default`"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("[A1.1]", "[A1.1"), 8, "is not YAML"),
        ("patterns/no-baseline/pattern.yaml", PATTERN + "since: 2025-13-01\n", 1, "cannot be read"),
        ("patterns/no-baseline/pattern.yaml", "", 1, "is empty"),
        ("patterns/no-baseline/pattern.yaml", "# nothing yet\n", 1, "is empty"),
        ("patterns/no-baseline/pattern.yaml", "- a list\n", 1, "valid dictionary"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("no-target", "gone"), 1, "no pattern 'gone'"),
        ("patterns/no-baseline/pattern.yaml", PATTERN.replace("A1.1", "Z9"), 1, "unknown id 'Z9'"),
        ("patterns/no-baseline/en.md", "## What it looks like\n", 1, "no front matter"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("name: No", "name: [No"), 3, "is not YAML"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("name: No baseline\n", "nam: x\n"), 2, "nam: Extra inputs"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("  - The start is open.", "  - ''"), 4, "messages.0"),
        ("patterns/no-baseline/en.md", "---\n# nothing\n---\n## Ask\n", 2, "is empty"),
        ("patterns/no-baseline/en.md", "---\n- a list\n---\n## Ask\n", 2, "no mapping"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("## Instead", "## Insted"), 6, "headings must be"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("Never.", ""), 19, "nothing stands under 'When it is fine'"),
        ("patterns/no-baseline/en.md", ENGLISH.replace("\n- ", "\n"), 15, "no bullet list stands under 'Ask'"),
        ("patterns/no-baseline/en.md", "---\nname: x\nmessages: [x]\n---\n", 1, "headings must be"),
        ("patterns/no-baseline/de.md", ENGLISH, 6, "headings must be Woran Du es erkennst"),
        ("patterns/no-baseline/cases.yaml", CASES.replace("lang: de", "lang: fr"), 3, "1.lang"),
        ("patterns/no-baseline/cases.yaml", CASES.replace("quote: steigern", "quote: senken"), 3, "does not stand"),
        ("patterns/no-baseline/cases.yaml", "---\n" + CASES.replace("lang: de", "lang: fr"), 4, "1.lang"),
        ("patterns/no-baseline/cases.yaml", "lang: en\n", 1, "valid tuple"),
        ("patterns/no-baseline/cases.yaml", "", 1, "is empty"),
        ("articles/courage/article.yaml", "topics: [Courage!]\n", 1, "topics.0"),
        ("articles/courage/en.md", "---\ntitle: Courage\n---\n## One\nText.\n", 2, "summary: Field required"),
        ("articles/courage/en.md", "---\ntitle: x\nsummary: x\n---\n## One\nText.\n## Two\n", 7, "stands under 'Two'"),
        ("articles/courage/en.md", "---\ntitle: x\nsummary: x\n---\nText.\n", 1, "has no section"),
        ("transformations/portal.yaml", "field: portal\nentries: []\n", 2, "entries"),
        ("transformations/portal.yaml", "", 1, "is empty"),
        ("scaffolds.yaml", "", 1, "is empty"),
        ("scaffolds.yaml", "baseline_blank: {de: x}\n", 1, "general: Field required"),
        (
            "scaffolds.yaml",
            "baseline_blank: {de: x}\nhypothesis: {}\ngeneral: {output: {de: {scaffold: x}}}\n",
            3,
            "needs either `unnamed` or `people`",
        ),
        ("notices.yaml", "de: {instructions_in_text: x}\nen: {instructions_in_text: x, orders: ['(']}\n", 2, "orders"),
        ("sources.yaml", "groups:\n  A: {de: x, en: x}\nworks: {grove-1983: x}\n", 2, "groups.A.points"),
    ],
)
def test_a_fault_is_named_with_file_and_line(root: Path, name: str, text: str, line: int, words: str) -> None:
    write(root, name, text)
    found = {(fault.file, fault.line): fault.detail for fault in faults(root)}
    assert words in found[f"knowledge/{name}", line]


@pytest.mark.parametrize(
    "name",
    ["patterns/no-baseline/pattern.yaml", "patterns/no-baseline/de.md", "patterns/no-baseline/cases.yaml",
    "articles/courage/article.yaml", "articles/courage/en.md", "scaffolds.yaml", "sources.yaml"],
)  # fmt: skip
def test_a_missing_file_is_named(root: Path, name: str) -> None:
    (root / name).unlink()
    assert Fault(f"knowledge/{name}", 1, "is missing") in faults(root)


def test_a_file_that_is_no_text_is_named(root: Path) -> None:
    (root / "patterns/no-baseline/de.md").write_bytes(b"---\nname: Gr\xf6\xdfe\n---\n")
    [fault] = [fault for fault in faults(root) if fault.file.endswith("de.md")]
    assert "cannot be read" in fault.detail


def test_no_broken_file_hides_another(root: Path) -> None:
    write(root, "patterns/no-baseline/pattern.yaml", PATTERN.replace("warning", "grave").replace("related", "relatd"))
    write(root, "patterns/no-baseline/en.md", ENGLISH.replace("name: No", "name: [No"))
    write(root, "patterns/no-baseline/de.md", GERMAN.replace("Never.", ""))
    write(
        root, "patterns/no-baseline/cases.yaml", CASES.replace("lang: de", "lang: fr").replace("lang: en", "lang: it")
    )
    write(root, "patterns/no-target/pattern.yaml", "")
    (root / "patterns/no-target/en.md").unlink()
    write(root, "articles/courage/en.md", "no front matter")
    write(root, "transformations/portal.yaml", "field: [")
    write(root, "scaffolds.yaml", "x: 1")
    (root / "sources.yaml").unlink()
    assert set(lines(root)) >= {
        ("patterns/no-baseline/pattern.yaml", 3),
        ("patterns/no-baseline/pattern.yaml", 6),
        ("patterns/no-baseline/en.md", 3),
        ("patterns/no-baseline/de.md", 19),
        ("patterns/no-baseline/cases.yaml", 2),
        ("patterns/no-baseline/cases.yaml", 3),
        ("patterns/no-target/pattern.yaml", 1),
        ("patterns/no-target/en.md", 1),
        ("articles/courage/en.md", 1),
        ("transformations/portal.yaml", 2),
        ("scaffolds.yaml", 1),
        ("sources.yaml", 1),
    }


def test_no_fault_of_a_page_hides_another(root: Path) -> None:
    page = ENGLISH.replace("messages", "mesages").replace("## Instead", "## Insted").replace("Never.", "")
    write(root, "patterns/no-baseline/en.md", page.replace("\n- ", "\n"))
    write(root, "articles/courage/de.md", "---\ntitel: Mut\nsummary: Kurz.\n---\n## Eins\n")
    assert sorted(lines(root)) == [
        ("articles/courage/de.md", 2),  # title is missing
        ("articles/courage/de.md", 2),  # titel is unknown
        ("articles/courage/de.md", 5),
        ("patterns/no-baseline/en.md", 2),  # messages is missing
        ("patterns/no-baseline/en.md", 3),  # mesages is unknown
        ("patterns/no-baseline/en.md", 6),
        ("patterns/no-baseline/en.md", 15),
        ("patterns/no-baseline/en.md", 19),
    ]


def test_the_message_lists_every_fault_on_a_line_of_its_own(root: Path) -> None:
    write(root, "patterns/no-baseline/pattern.yaml", "")
    write(root, "articles/courage/en.md", "no front matter")
    with pytest.raises(KnowledgeError) as caught:
        open_catalog(root)
    assert str(caught.value).splitlines() == [
        "knowledge/patterns/no-baseline/pattern.yaml:1: is empty",
        "knowledge/articles/courage/en.md:1: has no front matter between two lines of ---",
    ]


def test_a_folder_whose_name_is_no_slug_is_a_fault(root: Path) -> None:
    (root / "patterns/no-target").rename(root / "patterns/No_Target")
    write(root, "patterns/no-baseline/pattern.yaml", PATTERN.replace("[no-target]", "[]"))
    assert ("patterns/No_Target/pattern.yaml", 1) in lines(root)


def test_a_slug_given_to_two_transformations_is_a_fault(root: Path) -> None:
    write(root, "transformations/second.yaml", FILES["transformations/portal.yaml"])
    assert [fault.detail for fault in faults(root)] == ["transformation 'portal' exists twice"]


def test_a_folder_without_patterns_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="patterns:1: there is no such folder"):
        open_catalog(tmp_path / "nowhere")


def test_what_editors_leave_behind_is_passed_over(root: Path) -> None:
    (root / "transformations/.#portal.yaml").symlink_to("someone@machine.4711")
    (root / "patterns/no-baseline/.#en.md").symlink_to("someone@machine.4711")
    write(root, ".git/HEAD.yaml", "[")
    write(root, "patterns/_draft/pattern.yaml", "[")
    check_catalog(root)
    assert open_catalog(root, cache=root.parent / "cache.json").version == open_catalog(root).version


def test_a_link_to_nothing_is_a_fault_like_any_other(root: Path) -> None:
    (root / "transformations/new.yaml").symlink_to("nowhere.yaml")
    assert faults(root) == [Fault("knowledge/transformations/new.yaml", 1, "is missing")]
    with pytest.raises(KnowledgeError):
        open_catalog(root, cache=root.parent / "cache.json")


def test_windows_line_ends_change_nothing(root: Path) -> None:
    (root / "patterns/no-baseline/en.md").write_bytes(ENGLISH.replace("\n", "\r\n").encode())
    check_catalog(root)
    assert open_catalog(root).pattern("no-baseline").text["en"].sections[0].text == "Like this."


# The cache


def same(left: Catalog, right: Catalog) -> bool:
    return (left.version, left.patterns, left.articles, left.transformations, left.scaffolds) == (
        right.version,
        right.patterns,
        right.articles,
        right.transformations,
        right.scaffolds,
    )


def test_what_was_read_is_used_again(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "catalog.json"
    first = open_catalog(root, cache=cache)
    kept = json.loads(cache.read_text())
    kept["version"] = "from-cache"
    cache.write_text(json.dumps(kept))
    assert open_catalog(root, cache=cache).version == "from-cache"
    assert same(open_catalog(root), first)


def test_the_cache_says_what_the_files_say(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "catalog.json"
    read, again = open_catalog(root, cache=cache), open_catalog(root, cache=cache)
    assert same(read, again)
    assert [case.text for case in again.cases["no-baseline"]] == ["Raise NPS", "NPS steigern"]


@pytest.mark.parametrize("name", ["patterns/no-baseline/en.md", "patterns/no-baseline/pattern.yaml", "scaffolds.yaml"])
def test_a_changed_file_refreshes_the_cache(root: Path, tmp_path: Path, name: str) -> None:
    cache = tmp_path / "catalog.json"
    before = open_catalog(root, cache=cache)
    path = root / name
    path.write_text(path.read_text().replace("x", "y").replace("warning", "error").replace("Like this", "So"))
    after = open_catalog(root, cache=cache)
    assert after.version != before.version
    assert not same(after, before)
    assert same(after, open_catalog(root))


def test_a_change_that_keeps_the_size_is_noticed_by_its_time(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "catalog.json"
    open_catalog(root, cache=cache)
    path = root / "patterns/no-baseline/en.md"
    status = path.stat()
    path.write_text(ENGLISH.replace("Better so.", "Better ho."))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
    assert open_catalog(root, cache=cache).pattern("no-baseline").text["en"].sections[2].text == "Better ho."


def test_added_and_removed_patterns_refresh_the_cache(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "catalog.json"
    open_catalog(root, cache=cache)
    for name in ("pattern.yaml", "en.md", "de.md"):
        write(root, f"patterns/new-one/{name}", FILES[f"patterns/no-baseline/{name}"].replace("former", "# former"))
    assert "new-one" in open_catalog(root, cache=cache).patterns
    for path in (root / "patterns/new-one").iterdir():
        path.unlink()
    (root / "patterns/new-one").rmdir()
    assert "new-one" not in open_catalog(root, cache=cache).patterns


def test_faults_are_never_hidden_by_the_cache(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "catalog.json"
    open_catalog(root, cache=cache)
    write(root, "patterns/no-baseline/pattern.yaml", "level: [")
    for _ in range(2):
        with pytest.raises(KnowledgeError):
            open_catalog(root, cache=cache)


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b"\xff\xfe", b"null", b'{"stamp": "x"}'])
def test_a_damaged_cache_is_read_over_and_written_anew(root: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "catalog.json"
    cache.write_bytes(content)
    assert same(open_catalog(root, cache=cache), open_catalog(root))
    assert json.loads(cache.read_text())["version"] == open_catalog(root).version


def test_a_cache_folder_that_cannot_be_made_is_harmless(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert same(open_catalog(root, cache=tmp_path / "file" / "deep" / "catalog.json"), open_catalog(root))


def test_a_cache_that_cannot_be_written_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "home" / "catalog.json"
    cache.mkdir(parents=True)
    (cache / "in-the-way").touch()
    assert same(open_catalog(root, cache=cache), open_catalog(root))
    assert list(cache.parent.iterdir()) == [cache]


def test_two_knowledge_folders_may_share_a_cache(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "knowledge"
    for name, text in FILES.items():
        write(other, name, text.replace("No baseline", "No start"))
    cache = tmp_path / "catalog.json"
    names = [open_catalog(folder, cache=cache).pattern("no-baseline").text["en"].name for folder in (root, other, root)]
    assert names == ["No baseline", "No start", "No baseline"]
