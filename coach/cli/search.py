"""`okr-coach search`: passages of the knowledge base for a question, a keyword or a draft."""

import json
import sys
import textwrap
from enum import StrEnum
from typing import Annotated, Any

import typer
from pydantic import Field, ValidationError

from coach.cli.app import WRONG_USAGE, app, settings_of
from coach.cli.review import Lang, Source
from coach.errors import InputError, Problem
from coach.formats.reading import parse_json
from coach.language import Language, guess_language
from coach.okr import Identifier, Strict, Text, problems_of
from coach.wiring import LOCAL_TENANT, open_coach


class Shape(StrEnum):
    """How passages are printed."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


class BalancedScorecard(StrEnum):
    """The perspectives of the Balanced Scorecard."""

    FINANCE = "finance"
    CUSTOMER = "customer"
    PROCESS = "process"
    LEARNING = "learning"


class Query(Strict):
    """One line of `search - --from jsonl`."""

    id: Identifier | None = None
    query: Text
    language: Annotated[str, Field(pattern="^(auto|de|en)$")] = "auto"


@app.command()
def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for; - reads queries from standard input.")],
    lang: Annotated[Lang, typer.Option(help="Language of the passages; auto: that of the query.")] = Lang.AUTO,
    limit: Annotated[int, typer.Option(min=1, max=50, help="At most so many passages.")] = 5,
    pattern: Annotated[str | None, typer.Option(help="Only what is about this failure pattern.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only what names this topic.")] = None,
    perspective: Annotated[
        BalancedScorecard | None, typer.Option(help="Only what belongs to this Balanced Scorecard perspective.")
    ] = None,
    shape: Annotated[Shape, typer.Option("--format", help="How to print.")] = Shape.TEXT,
    source: Annotated[Source | None, typer.Option("--from", help="jsonl: one query a line.")] = None,
) -> None:
    """Find what the method says about a question, a keyword or a draft."""
    coach = open_coach(settings_of(context)).of(LOCAL_TENANT)
    coach.search.build()
    if query == "-":
        if source != Source.JSONL:
            raise InputError([Problem("", "reading queries from standard input needs --from jsonl", "usage")])
        raise typer.Exit(_search_lines(coach.search, lang, limit))
    from coach.retrieval.search import Only

    only = Only(pattern=pattern, topic=topic, perspective=perspective.value if perspective else None)
    found = coach.search.find(query, language=_language(lang.value), limit=limit, only=only)
    if shape == Shape.TEXT:
        _print(query, found)
        return
    passages = [passage.model_dump(mode="json") for passage in found]
    indent = 2 if shape == Shape.JSON else None
    sys.stdout.write(json.dumps({"query": query, "passages": passages}, ensure_ascii=False, indent=indent) + "\n")


def _language(name: str) -> Language | None:
    return None if name == "auto" else "de" if name == "de" else "en"


def _search_lines(search: Any, lang: Lang, limit: int) -> int:
    bad = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        identifier = None
        try:
            value = parse_json(line)
            identifier = value.get("id") if isinstance(value, dict) else None
            asked = _query(value)
        except InputError as error:
            bad = True
            first = error.problems[0]
            fault = {
                "id": identifier,
                "line": number,
                "error": {"code": first.code, "detail": first.detail, "pointer": first.pointer},
            }
            sys.stdout.write(json.dumps(fault) + "\n")
            continue
        language = _language(asked.language) or _language(lang.value)
        passages = [p.model_dump(mode="json") for p in search.find(asked.query, language=language, limit=limit)]
        sys.stdout.write(json.dumps({"id": asked.id, "passages": passages}, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return WRONG_USAGE if bad else 0


def _query(value: object) -> Query:
    try:
        return Query.model_validate(value)
    except ValidationError as error:
        raise InputError(problems_of(error)) from error


def _print(query: str, found: list[Any]) -> None:
    if not found:
        from coach.cli.text import words_of

        typer.echo(words_of(guess_language(query).language)["nothing_found"])
    for passage in found:
        typer.echo(typer.style(f"{passage.slug} · {passage.heading}", bold=True))
        typer.echo(textwrap.indent(textwrap.fill(" ".join(passage.text.split()), 88), "  "))
        typer.echo(typer.style(f"  {passage.id}  {' '.join(passage.sources)}", dim=True))
        typer.echo()
