"""Drafts as people paste them into a talk: bullets, tables, labels in one line, Markdown, JSON, prose."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from coach.errors import InputError
from coach.formats.letters import without_letter
from coach.formats.tables import from_bare_rows, from_rows
from coach.language.clauses import main_clause
from coach.okr import MAX_TEXT

_OBJECTIVE_WORD = (
    r"(?:O|OBJ|(?:(?:unser|mein|our|my)\s)?(?:Objectives?|Objektive?|Ziel|Oberziel|Goal|Aim)"
    r"(?:\s(?:fürs?|im|for|this|next)(?:\s[^\s:]{1,20}){1,3}(?=\s?:))?)"
)
_KEY_RESULT_WORD = r"(?:KRs?|Key[ -]?Results?|Schlüsselergebnis(?:se)?|Messgröße|Ergebnis(?=\s?\d))"
_NUMBER = r"[\s#]?\d{0,2}(?:\.\d{1,2})?"
_MARKS = r"(?:\*\*|__)?"
LABEL = re.compile(
    rf"(?:(?<=^)|(?<=[\s>|;,.(*_]))(?P<mark>{_MARKS})(?:(?P<objective>{_OBJECTIVE_WORD})|(?P<key_result>{_KEY_RESULT_WORD}))"
    rf"(?P<number>{_NUMBER})(?:{_MARKS}\s?(?::|=|\)|(?<=\d)\.|(?<=\d)\s?[–—-]|\s[–—-])\s*{_MARKS}"
    r"|(?<=[\w.])(?:\*\*|__)(?=\s))\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-*•·‣◦▪+–—→]|\(?\d{1,2}[.)]|\(?[a-h]\))\s+(?:\[[ xX]\]\s+)?(?=\S)")
_HEADING = re.compile(r"^\s*#{1,6}\s+(?=\S)")
_SECTION = re.compile(
    r"^[\W_]*(?:Key[ -]?Results?|KRs?|Schlüsselergebnisse?|Objectives?|Ziele?|Goals?|OKRs?(?:\s[^:]{0,40})?)[\W_]*$",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"(?:hier|das|dies|anbei|unten|here|this|these|below)\b[^:]{0,40}\b(?:entwurf|okrs?|draft|goals|ziele?)\s*:?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"^[\s|:+=-]+$")
_SENTENCE = re.compile(r"(?<=[.!;])\s+(?=[\w„“\"'\[])")
_ORDINAL_BEFORE = re.compile(r"(?:\b\w{1,3}|\d)\.$")
_LEAD = re.compile(
    r"^(?:(?:Unser|Mein|Das|Our|My|The)\s+(?:Ziel|Objective|Goal|Oberziel)\s+(?:ist|lautet|is|war|was)\s*"
    r"(?:es|to be that|that)?\s*[,:]?\s*(?:dass\s+)?"
    r"|(?:Hier|Das|Here|This)\s+(?:ist|sind|is|are)\s+(?:unser|mein|our|my)\w*\s+(?:Entwurf|OKRs?|draft)\s*[:.]?\s*"
    r"|(?:(?:Das|Dies|Wir)\s+(?:messen|erkennen)\s+(?:wir\s+)?(?:das\s+)?(?:daran|an)\s*,?\s*(?:dass\s+)?)"
    r"|(?:We(?:'ll| will)?\s+(?:measure|know)\s+(?:(?:this|it|that)\s+)?(?:it\s+)?(?:worked\s+)?"
    r"(?:by|when|if|because)\s+))",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^[ ]?(?:>[ \t]?)+", re.MULTILINE)
_AND_THAT = re.compile(r",?\s+und\s+dass\s+")
_BRACKET_LAST = re.compile(r"\s*\([^()]*\)$")
_NUMBERED = re.compile(r"^\s*(?P<first>\d{1,2})(?:\.(?P<second>\d{1,2}))?[.)]?\s+(?=\S)")
_INDENTED = re.compile(r"^(?P<indent>[ \t]*)(?:[-*•·‣◦▪+]|\d{1,2}[.)]|\(?[a-h]\))\s+(?:\[[ xX]\]\s+)?(?=\S)")
_AIM = re.compile(
    r"^(?:Unser|Mein|Das|Our|My|The)\s+(?:Ziel|Objective|Goal|Oberziel)\s+(?:ist|lautet|is|was)\b", re.IGNORECASE
)
_TASKS = re.compile(r"^(?:To-?dos?|Aufgaben|Ma(?:ß|ss)nahmen|Tasks|Actions)\s*:\s*", re.IGNORECASE)
_LIST = re.compile(r",\s+(?:und\s+|and\s+)?")
_FIGURES = re.compile(r",\s+(?:und\s+|and\s+)?|\s+(?:und|and)\s+(?=\D{0,20}\d)")
_QUOTES = re.compile(r'^[„“"»«](?P<inner>[^„“”"»«]+)[“”"«»]$')
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class PastedObjective(NamedTuple):
    """An objective as pasted, or None where only its key results were; key results may hold baseline and target."""

    objective: str | None
    key_results: list[dict[str, str]]


class Pasted(NamedTuple):
    """What a message holds of a draft. `shaped`: labels, bullets, rows or headings show that it is meant as one."""

    objectives: list[PastedObjective]
    shaped: bool


class _Line(NamedTuple):
    role: str
    text: str


def parse_pasted(text: str) -> Pasted:
    """Return the objectives and key results in a text of any shape; nothing but blanks holds none. Never raises.

    >>> parse_pasted("O: Callers are helped KR1: 80% say so KR2: 9 in 10 return").objectives
    [PastedObjective(objective='Callers are helped', key_results=[{'text': '80% say so'}, {'text': '9 in 10 return'}])]
    """
    text = _UNFIT.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = _uncited(text)
    if (found := _structured(text)) is not None:
        return Pasted(found, shaped=True)
    text = "\n".join(without_letter(text.split("\n")))
    deep = _outline(text.split("\n"))
    lines = [line for raw in text.split("\n") for line in (_outlined(raw, deep) or _lines(raw))]
    shaped = any(line.role not in {"plain", "blank"} for line in lines)
    if not shaped and sum(line.role == "plain" for line in lines) == 1:
        lines = _prose(lines)
    return Pasted(_grouped(lines), shaped)


def _uncited(text: str) -> str:
    """Return a text without the marks of a cited message; "> 80 %" in a list of bounds is none."""
    cited = [line for line in text.split("\n") if _REPLY.match(line)]
    bounds = all(_REPLY.sub("", line)[:1].isdigit() for line in cited)
    return text if bounds else _REPLY.sub("", text)


def _structured(text: str) -> list[PastedObjective] | None:
    """Return the draft in JSON, or in the rows of a table with a header that we know."""
    stripped = text.strip()
    body: Any = None
    if stripped[:1] in {"{", "["}:
        from coach.formats.reading import parse_json  # noqa: PLC0415 - it imports what lies beside us
        from coach.okr import parse_draft  # noqa: PLC0415

        try:
            draft = parse_draft(parse_json(stripped.encode()))
        except InputError:
            return None
        return [
            PastedObjective(o.objective, [kr.model_dump(exclude_none=True) for kr in o.key_results])
            for o in draft.objectives
        ]
    rows = _rows(text)
    if len(rows) < 2:
        return _bare_rows(rows) if "\t" in text and rows else None
    try:
        body = from_rows(rows, beside=True)
    except InputError:
        return _bare_rows(rows) if "\t" in text else None
    return [PastedObjective(o["objective"], o["key_results"]) for o in body["objectives"]] or None


def _bare_rows(rows: Sequence[Sequence[str]]) -> list[PastedObjective] | None:
    return [PastedObjective(objective, found) for objective, found in from_bare_rows(rows)] or None


def _rows(text: str) -> list[list[str]]:
    lines = [line.strip("\n ") for line in text.split("\n") if line.strip()]
    for delimiter in ("|", "\t", ";"):
        if lines and all(delimiter in line for line in lines):
            return [
                [cell.strip().strip("*") for cell in (line.strip("|") if delimiter == "|" else line).split(delimiter)]
                for line in lines
                if not _SEPARATOR.match(line)
            ]
    return []


def _outline(lines: Sequence[str]) -> str:
    """Return how objectives and key results are told apart without a label: "numbers" (1 and 1.1), "indents" or ""."""
    numbered = [found for line in lines if (found := _NUMBERED.match(line))]
    if any(found["second"] for found in numbered) and any(not found["second"] for found in numbered):
        return "numbers"
    told = [line for line in lines if line.strip()]
    bullets = [found for line in told if (found := _INDENTED.match(line))]
    if len(bullets) != len(told) or any(LABEL.search(line) for line in told) or not bullets:
        return ""
    deep = [len(found["indent"].expandtabs(4)) for found in bullets]
    return "indents" if deep[0] == min(deep) < max(deep) and deep[1] > deep[0] else ""


def _outlined(raw: str, how: str) -> list[_Line]:
    """Return a line of an outline with its role; nothing where it is none."""
    if how == "numbers" and (numbered := _NUMBERED.match(raw)):
        role, rest = "key_result" if numbered["second"] else "objective", raw[numbered.end() :]
    elif how == "indents" and (bullet := _INDENTED.match(raw)):
        role, rest = "key_result" if bullet["indent"] else "objective", raw[bullet.end() :]
    else:
        return []
    label = LABEL.match(rest)
    return [_Line(role, _bare(rest[label.end() :] if label else rest))]


def _lines(raw: str) -> list[_Line]:
    """Return a line cut at its labels, each part with its role."""
    if not raw.strip():
        return [_Line("blank", "")]
    if _SEPARATOR.match(raw):
        return []
    if _SECTION.match(raw) or _ANNOUNCES.fullmatch(raw.strip()):
        return [_Line("section", "")]
    bullet, heading = _BULLET.match(raw), _HEADING.match(raw)
    rest = raw[(bullet or heading).end() :] if (bullet or heading) else raw  # type: ignore[union-attr]
    labels = list(LABEL.finditer(rest))
    found = []
    before = rest[: labels[0].start()] if labels else rest
    if text := _bare(before):
        role = "bullet" if bullet else "heading" if heading else "plain"
        found.append(_Line("lead" if labels and role == "plain" else role, text))
    ends = [*(label.start() for label in labels), len(rest)][1:]
    for label, end in zip(labels, ends, strict=True):
        role = "objective" if label["objective"] else "key_result"
        found.append(_Line(role, _bare(rest[label.end() : end])))
    return found


def _prose(lines: list[_Line]) -> list[_Line]:
    """Return running text by sentence: the first is the objective, what follows measures it."""
    sentences = [sentence for line in lines for sentence in _sentences(line.text) if line.text]
    aim = next((index for index, each in enumerate(sentences) if _AIM.match(each)), 0)
    sentences = sentences[aim:]  # what stands before "our goal is" leads up to it
    if len(sentences) == 1:
        if tasks := _TASKS.match(sentences[0]):
            return [
                _Line("key_result", p.strip().rstrip("."))
                for p in _LIST.split(sentences[0][tasks.end() :])
                if p.strip()
            ]
        figures = [part.strip() for part in _FIGURES.split(sentences[0].rstrip("."))]
        if len(figures) > 2 and all(_is_figure(part) for part in figures):
            return [_Line("key_result", part) for part in figures]
        return [_Line("plain", _without_lead(sentences[0]))]
    told = [(index, part) for index, sentence in enumerate(sentences) for part in _and_that(sentence)]
    return [_Line("objective" if not index else "key_result", _without_lead(part)) for index, part in told]


def _and_that(sentence: str) -> list[str]:
    """Return what a sentence says behind "dass" and behind "und dass", each with its lead."""
    lead = _LEAD.match(sentence)
    if lead is None or not lead[0].rstrip().endswith("dass"):
        return [sentence]
    first, *others = _AND_THAT.split(sentence)
    return [first, *(f"{lead[0]}{other}" for other in others)]


def _is_figure(part: str) -> bool:
    return re.search(r"\d", part) is not None and re.search(r"[^\W\d_]{3}", part) is not None and len(part.split()) <= 6


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for part in _SENTENCE.split(text):
        if found and _ORDINAL_BEFORE.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def _without_lead(sentence: str) -> str:
    rest = _LEAD.sub("", sentence).strip().rstrip(".;")
    if rest != sentence.strip().rstrip(".;"):
        rest = re.sub(r"^to\s+|(?<=\s)zu (?=[a-zäöüß]+en$)", "", rest)
    if re.search(r"\bdass\s+$", sentence.rstrip(".;")[: -len(rest)] if rest else "", re.IGNORECASE):
        beside = found[0] if (found := _BRACKET_LAST.search(rest)) else ""
        rest = (main_clause(rest.removesuffix(beside)) or f"dass {rest.removesuffix(beside)}") + beside
    return rest[:1].upper() + rest[1:] if rest else sentence


def _grouped(lines: list[_Line]) -> list[PastedObjective]:
    objectives: list[PastedObjective] = []
    titles = 0  # objectives at the end of the list that only a heading or a plain line announced
    waiting = None
    fresh = True
    for line in lines:
        if line.role in {"section", "blank", "lead"}:
            fresh = fresh or line.role == "blank"
            continue
        if not line.text:
            waiting = line.role
            continue
        role = waiting if waiting and line.role in {"plain", "bullet"} else line.role
        waiting = None
        starts = role == "plain" and (not objectives or (fresh and bool(objectives[-1].key_results)))
        fresh = False
        if role == "objective" and titles:
            del objectives[-titles:]  # "Our draft for Q3:" above the objective
        if role in {"objective", "heading"} or starts:
            objectives.append(PastedObjective(line.text, []))
            titles = 0 if role == "objective" else titles + 1
            continue
        titles = 0
        if not objectives:
            objectives.append(PastedObjective(None, []))
        objectives[-1].key_results.append({"text": line.text})
    return objectives


def _bare(text: str) -> str:
    """Return a text without emphasis, quotes around it and stray marks, cut to what a draft may hold."""
    text = text.replace("`", "").strip().strip("|").strip()
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text).strip(" ,;")
    for mark in ("**", "__"):
        text = text.removeprefix(mark).removesuffix(mark).strip()
    if quoted := _QUOTES.match(text):
        text = quoted["inner"].strip()
    return text[:MAX_TEXT]
