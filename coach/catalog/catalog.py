"""The catalogue: everything under knowledge/, read and cross-checked once."""

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from coach.catalog.files import Faults
from coach.catalog.load import (
    folders,
    load_article,
    load_cases,
    load_pattern,
    load_sources,
    load_transformations,
    read_yaml,
)
from coach.catalog.records import (
    Article,
    AsideFile,
    Case,
    FailurePattern,
    GlossaryFile,
    GlossaryTerm,
    NoticesFile,
    ScaffoldsFile,
    SourcesFile,
    Transformation,
)
from coach.errors import KnowledgeError, NotFound
from coach.language import Language
from coach.okr import Strict
from coach.paths import KNOWLEDGE


class Compiled(Strict):
    """Everything that a review needs of the catalogue, as one record; `stamp` says of which files."""

    stamp: str
    version: str
    patterns: dict[str, FailurePattern]
    articles: dict[str, Article]
    transformations: tuple[Transformation, ...]
    scaffolds: ScaffoldsFile
    notices: NoticesFile
    glossary: tuple[GlossaryTerm, ...]
    aside: dict[Language, tuple[str, ...]]


class Pages(NamedTuple):
    """The pages of a catalogue by slug; `folders`: where a pattern lies that does not lie under the root."""

    patterns: dict[str, FailurePattern]
    articles: dict[str, Article]
    transformations: dict[str, Transformation]
    glossary: dict[str, GlossaryTerm]
    folders: dict[str, Path]


class Catalog:
    """The knowledge base. Cases and sources are read when first asked for: reviews need neither."""

    def __init__(self, root: Path, compiled: Compiled, folders: Mapping[str, Path] | None = None) -> None:
        self.root = root
        self._compiled = compiled
        self._folders = dict(folders or {})
        self.version = compiled.version
        self.patterns: Mapping[str, FailurePattern] = compiled.patterns
        self.articles: Mapping[str, Article] = compiled.articles
        self.transformations: Sequence[Transformation] = compiled.transformations
        self.scaffolds = compiled.scaffolds
        self.notices = compiled.notices
        self.glossary: Sequence[GlossaryTerm] = compiled.glossary
        self.aside: Mapping[Language, tuple[str, ...]] = compiled.aside

    def pattern(self, slug: str) -> FailurePattern:
        """Return a pattern by its slug, also by a former one."""
        if found := self.patterns.get(slug):
            return found
        renamed = next((pattern for pattern in self.patterns.values() if slug in pattern.former), None)
        if renamed is None:
            raise NotFound("pattern", slug)
        return renamed

    def article(self, slug: str) -> Article:
        """Return an article by its slug."""
        if found := self.articles.get(slug):
            return found
        raise NotFound("article", slug)

    def pages(self) -> Pages:
        """Return its pages, to be added to."""
        return Pages(
            patterns=dict(self.patterns),
            articles=dict(self.articles),
            transformations={entry.slug: entry for entry in self.transformations},
            glossary={term.slug: term for term in self.glossary},
            folders=dict(self._folders),
        )

    def with_pages(self, pages: Pages) -> "Catalog":
        """Return a catalogue with these pages instead, and a version that says so."""
        compiled = self._compiled.model_copy(
            update={
                "patterns": pages.patterns,
                "articles": pages.articles,
                "transformations": tuple(pages.transformations.values()),
                "glossary": tuple(pages.glossary.values()),
            }
        )
        said = compiled.model_dump_json(include={"patterns", "articles", "transformations", "glossary"})
        version = f"{self.version}+{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
        return Catalog(self.root, compiled.model_copy(update={"version": version}), pages.folders)

    @cached_property
    def cases(self) -> Mapping[str, tuple[Case, ...]]:
        """Cases by the slug of their pattern."""
        faults = Faults(self.root)
        loaded = {
            slug: load_cases(folder, faults)
            for slug in self.patterns
            if (folder := self._folders.get(slug, self.root / "patterns" / slug))
            and (slug not in self._folders or (folder / "cases.yaml").exists())
        }
        if not self._folders:
            _raise(faults)
        return {slug: loaded.get(slug, ()) for slug in self.patterns}

    @cached_property
    def sources(self) -> SourcesFile:
        """The works that may be cited."""
        faults = Faults(self.root)
        sources = load_sources(self.root / "sources.yaml", faults)
        _raise(faults)
        assert sources is not None
        return sources


def open_catalog(root: Path = KNOWLEDGE, *, cache: Path | None = None) -> Catalog:
    """Read a knowledge folder, or raise KnowledgeError with every fault.

    With `cache`, what was read is kept there and used again while no file has changed.
    """
    stamp = _stamp(root)
    if cache is not None and (kept := _kept(cache, stamp)) is not None:
        return Catalog(root, kept)
    compiled = _compile(root, stamp)
    if cache is not None:
        _keep(cache, compiled)
    return Catalog(root, compiled)


def _compile(root: Path, stamp: str) -> Compiled:
    faults = Faults(root)
    if not (root / "patterns").is_dir():
        faults.add(root / "patterns", 1, "there is no such folder")
    patterns = [load_pattern(folder, faults) for folder in folders(root / "patterns")]
    articles = [load_article(folder, faults) for folder in folders(root / "articles")]
    transformations = [
        entry
        for path in sorted((root / "transformations").glob("[!.]*.yaml"))
        for entry in load_transformations(path, faults)
    ]
    scaffolds = read_yaml(ScaffoldsFile, root / "scaffolds.yaml", faults)
    notices = read_yaml(NoticesFile, root / "notices.yaml", faults)
    glossary = read_yaml(GlossaryFile, root / "glossary.yaml", faults)
    aside = read_yaml(AsideFile, root / "aside.yaml", faults)
    _raise(faults)
    assert scaffolds is not None
    assert notices is not None
    assert glossary is not None
    assert aside is not None
    return Compiled(
        stamp=stamp,
        version=_digest(root),
        patterns={pattern.slug: pattern for pattern in patterns if pattern},
        articles={article.slug: article for article in articles if article},
        transformations=tuple(transformations),
        scaffolds=scaffolds,
        notices=notices,
        glossary=glossary.terms,
        aside={"de": aside.de, "en": aside.en},
    )


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("[!.]*") if path.suffix in {".yaml", ".md", ".toml"} and path.is_file())


def _stamp(root: Path) -> str:
    """Return a digest of names, sizes and times: quick, and new whenever a file may have changed."""
    digest = hashlib.sha256(f"{_FORMAT}{root}".encode())
    for folder, folders_inside, names in os.walk(root):
        folders_inside.sort()
        for name in sorted(names):
            if name.startswith("."):
                continue  # what editors leave there while a file is open
            try:
                status = os.stat(os.path.join(folder, name))
            except OSError:
                continue  # a link to nothing: reading it names the fault
            digest.update(f"{folder}/{name}\x1f{status.st_size}\x1f{status.st_mtime_ns}\x1e".encode())
    return digest.hexdigest()


def _digest(root: Path) -> str:
    """Return a digest of what the files say, the same on every machine."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\x1f" + path.read_bytes() + b"\x1e")
    return digest.hexdigest()[:12]


def _kept(cache: Path, stamp: str) -> Compiled | None:
    try:
        kept = Compiled.model_validate_json(cache.read_bytes())
    except (OSError, ValidationError):
        return None
    return kept if kept.stamp == stamp else None


def _keep(cache: Path, compiled: Compiled) -> None:
    """Write the cache whole or not at all; a folder that cannot be written costs only time."""
    written: Path | None = None
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=cache.parent, delete=False) as file:
            written = Path(file.name)
            file.write(compiled.model_dump_json())
        written.replace(cache)
    except OSError:
        if written is not None:
            written.unlink(missing_ok=True)


_FORMAT = "4"


def check_catalog(root: Path = KNOWLEDGE) -> None:
    """Read everything and check what refers to what; raise KnowledgeError with every fault at once."""
    faults = Faults(root)
    patterns = {p.slug: p for f in folders(root / "patterns") if (p := load_pattern(f, faults))}
    for folder in folders(root / "patterns"):
        load_cases(folder, faults)
    articles = {a.slug: a for f in folders(root / "articles") if (a := load_article(f, faults))}
    entries: dict[str, Transformation] = {}
    for path in sorted((root / "transformations").glob("[!.]*.yaml")):
        for entry in load_transformations(path, faults):
            if entry.slug in entries:
                faults.add(path, 1, f"transformation {entry.slug!r} exists twice")
            entries[entry.slug] = entry
    read_yaml(ScaffoldsFile, root / "scaffolds.yaml", faults)
    read_yaml(NoticesFile, root / "notices.yaml", faults)
    glossary = read_yaml(GlossaryFile, root / "glossary.yaml", faults)
    read_yaml(AsideFile, root / "aside.yaml", faults)
    sources = load_sources(root / "sources.yaml", faults)
    known = sources.ids() if sources else frozenset()
    slugs = {folder.name for folder in folders(root / "patterns")}
    cited: list[tuple[Path, tuple[str, ...], tuple[str, ...]]] = [
        *((root / "patterns" / p.slug / "pattern.yaml", p.related, p.sources) for p in patterns.values()),
        *((root / "articles" / a.slug / "article.yaml", a.related, a.sources) for a in articles.values()),
        *((root / "glossary.yaml", (), term.sources) for term in (glossary.terms if glossary else ())),
        *((root / "transformations" / f"{e.field}.yaml", (), e.sources) for e in entries.values()),
    ]
    for path, related, sourced in dict.fromkeys(cited):
        for slug in related:
            if slug not in slugs:
                faults.add(path, 1, f"related: no pattern {slug!r}")
        for source in sourced:
            if source not in known:
                faults.add(path, 1, f"sources: unknown id {source!r}")
    _raise(faults)


def _raise(faults: Faults) -> None:
    if faults:
        raise KnowledgeError(faults)
