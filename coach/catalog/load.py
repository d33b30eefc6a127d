"""From folders to records. Every fault is noted with file and line; none hides another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel

from coach.catalog.files import Faults, Markdown, bullets, parse_yaml, read_markdown, read_text, validate
from coach.catalog.records import (
    ASK,
    HEADINGS,
    Article,
    ArticleFile,
    ArticleText,
    Case,
    FailurePattern,
    PatternFile,
    PatternText,
    SourcesFile,
    Transformation,
    TransformationFile,
)
from coach.language import LANGUAGES, Language

Record = TypeVar("Record", bound=BaseModel)


class _CaseList(RootModel[tuple[Case, ...]]):
    pass


def read_yaml(model: type[Record], path: Path, faults: Faults) -> Record | None:
    """Return the record in a YAML file."""
    source = read_text(path, faults)
    value = parse_yaml(source, path, faults) if source is not None else None
    if source is None or value is None:
        return None
    return validate(model, value, source, path, faults)


def folders(root: Path) -> list[Path]:
    """Return the subfolders of a folder in order of name; hidden ones and missing roots give none."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))


def load_pattern(folder: Path, faults: Faults, *, whole: bool = True) -> FailurePattern | None:
    """Return the failure pattern in a folder, or note every fault in it.

    Where it need not be `whole`, one language will do and speaks for the other too.
    """
    record = read_yaml(PatternFile, folder / "pattern.yaml", faults)
    texts = _texts(folder, faults, _pattern_text, whole=whole)
    if record is None or texts is None:
        return None
    written_in = tuple(texts)
    texts = {language: texts.get(language) or texts[written_in[0]] for language in LANGUAGES}
    value = {**dict(record), "slug": folder.name, "text": texts, "written_in": written_in}
    return validate(FailurePattern, value, "", folder / "pattern.yaml", faults)


def load_cases(folder: Path, faults: Faults) -> tuple[Case, ...]:
    """Return the cases of a pattern."""
    record = read_yaml(_CaseList, folder / "cases.yaml", faults)
    return record.root if record else ()


def load_article(folder: Path, faults: Faults, *, whole: bool = True) -> Article | None:
    """Return the article in a folder, or note every fault in it; where it need not be `whole`, in one language."""
    record = read_yaml(ArticleFile, folder / "article.yaml", faults)
    texts = _texts(folder, faults, _article_text, whole=whole)
    if record is None or texts is None:
        return None
    return validate(Article, {**dict(record), "slug": folder.name, "text": texts}, "", folder / "article.yaml", faults)


def load_transformations(path: Path, faults: Faults) -> tuple[Transformation, ...]:
    """Return the transformations of a field."""
    record = read_yaml(TransformationFile, path, faults)
    if record is None:
        return ()
    common = {
        "field": record.field,
        "topics": record.topics,
        "perspectives": record.perspectives,
        "sources": record.sources,
    }
    return tuple(entry.model_copy(update=common) for entry in record.entries)


def load_sources(path: Path, faults: Faults) -> SourcesFile | None:
    """Return the list of works that may be cited."""
    return read_yaml(SourcesFile, path, faults)


def _texts(
    folder: Path, faults: Faults, build: Callable[[Markdown, Language, Path, Faults], Any], *, whole: bool
) -> dict[Language, Any] | None:
    """Return the text per language, or None where one that is needed is missing or faulty."""
    texts: dict[Language, Any] = {}
    files = {language: folder / f"{language}.md" for language in LANGUAGES}
    wanted = {language: path for language, path in files.items() if whole or path.exists()}
    if not wanted:
        faults.add(folder, 1, f"holds none of {', '.join(path.name for path in files.values())}")
    for language, path in wanted.items():
        page = read_markdown(path, faults)
        text = build(page, language, path, faults) if page is not None else None
        if text is not None:
            texts[language] = text
    return texts if texts and len(texts) == len(wanted) else None


def _pattern_text(page: Markdown, language: Language, path: Path, faults: Faults) -> PatternText | None:
    known = len(faults)
    headings = tuple(heading for heading, _, _ in page.sections)
    if headings != HEADINGS[language]:
        line = page.sections[0][2] if page.sections else 1
        faults.add(
            path,
            line,
            f"headings must be {', '.join(HEADINGS[language])}; found {', '.join(headings) or 'none'}",
        )
    _note_empty(page, path, faults)
    questions: tuple[str, ...] = ()
    for heading, text, line in page.sections:
        if heading == ASK[language] and text:
            questions = bullets(text)
            if not questions:
                faults.add(path, line, f"no bullet list stands under {heading!r}")
    return _text(PatternText, page, path, faults, sound=len(faults) == known, questions=questions)


def _article_text(page: Markdown, _language: Language, path: Path, faults: Faults) -> ArticleText | None:
    known = len(faults)
    if not page.sections:
        faults.add(path, 1, "has no section: a line of ## and a heading, text below it")
    _note_empty(page, path, faults)
    return _text(ArticleText, page, path, faults, sound=len(faults) == known)


def _note_empty(page: Markdown, path: Path, faults: Faults) -> None:
    for heading, text, line in page.sections:
        if not text:
            faults.add(path, line, f"nothing stands under {heading!r}")


def _text(
    model: type[Record], page: Markdown, path: Path, faults: Faults, *, sound: bool, **more: tuple[str, ...]
) -> Record | None:
    """Return the record of a page; where its sections are not sound, only note what is wrong with its front matter."""
    sections = [{"heading": heading, "text": text} for heading, text, _ in page.sections]
    if not sound:
        sections, more = [{"heading": "…", "text": "…"}], dict.fromkeys(more, ("…",))
    record = validate(
        model, {**page.front, "sections": sections, **more}, page.front_source, path, faults, first_line=2
    )
    return record if sound else None
