"""Drafts as people paste them into a talk: bullets, tables, labels in one line, Markdown, JSON, prose."""

import re
from typing import Any, NamedTuple

from coach.errors import InputError
from coach.formats.tables import from_rows
from coach.language.clauses import main_clause
from coach.okr import MAX_TEXT

_OBJECTIVE_WORD = (
    r"(?:O|OBJ|(?:(?:unser|mein|our|my)\s)?(?:Objectives?|Objektive?|Ziel|Oberziel|Goal|Aim)"
    r"(?:\s(?:fürs?|im|for|this|next)(?:\s[^\s:]{1,20}){1,3}(?=\s?:))?)"
)
_KEY_RESULT_WORD = r"(?:KRs?|Key[ -]?Results?|Schlüsselergebnis(?:se)?|Messgröße)"
_NUMBER = r"[\s#]?\d{0,2}(?:\.\d{1,2})?"
_MARKS = r"(?:\*\*|__)?"
LABEL = re.compile(
    rf"(?:(?<=^)|(?<=[\s>|;,.(*_]))(?P<mark>{_MARKS})(?:(?P<objective>{_OBJECTIVE_WORD})|(?P<key_result>{_KEY_RESULT_WORD}))"
    rf"(?P<number>{_NUMBER})(?:{_MARKS}\s?(?::|=|\)|(?<=\d)\.|(?<=\d)\s?[–—-]|\s[–—-])\s*{_MARKS}|(?<=[\w.])(?:\*\*|__)(?=\s))\s*",
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
    r"|(?:We(?:'ll| will)?\s+(?:measure|know)\s+(?:this|it|that)\s+(?:by|when|if)\s+))",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"^(?:Unser|Mein|Das|Our|My|The)\s+(?:Ziel|Objective|Goal|Oberziel)\s+(?:ist|lautet|is|was)\b", re.IGNORECASE
)
_TASKS = re.compile(r"^(?:To-?dos?|Aufgaben|Ma(?:ß|ss)nahmen|Tasks|Actions)\s*:\s*", re.IGNORECASE)
_LIST = re.compile(r",\s+(?:und\s+|and\s+)?")
_FIGURES = re.compile(r",\s+(?:und\s+|and\s+)?|\s+(?:und|and)\s+(?=\D{0,20}\d)")
_QUOTES = re.compile(r'^[„“"»«](?P<inner>[^„“”"»«]+)[“”"«»]$')
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


_CITED = re.compile(r"(?:\s*>)+\s?")
_GREETING = re.compile(
    r"(?:hallo|hi|hey|moin|servus|gr[üu]e?zi|liebes?|lieber|guten (?:tag|morgen)|hello|dear|good (?:morning|afternoon))"
    r"\b[^:.]{0,40}",
    re.IGNORECASE,
)
_REGARDS = re.compile(
    r"(?:lg|vg|mfg|bg|(?:mit )?(?:viele|liebe|freundliche|beste|herzliche)n? gr[üu](?:ß|ss)en?|gru(?:ß|ss)|cheers"
    r"|thanks|danke|best(?: regards| wishes)?|(?:kind |warm )?regards)\b[^:]{0,30}",
    re.IGNORECASE,
)
_LETTER = 4


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
    text = _UNFIT.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _out_of_a_letter(text)
    if (found := _structured(text)) is not None:
        return Pasted(found, shaped=True)
    lines = [line for raw in text.split("\n") for line in _lines(raw)]
    shaped = any(line.role not in {"plain", "blank"} for line in lines)
    if not shaped and sum(line.role == "plain" for line in lines) == 1:
        lines = _prose(lines)
    return Pasted(_grouped(lines), shaped)


def _out_of_a_letter(text: str) -> str:
    """Return a text without the marks of a cited message, and without the greeting and the name around it."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    cited = [line for line in filled if line.lstrip().startswith(">")]
    if len(cited) > 1 and 2 * len(cited) > len(filled) and any(not _starts_with_number(line) for line in cited):
        lines = [_CITED.sub("", line, count=1) if _CITED.match(line) else line for line in lines]
    places = [at for at, line in enumerate(lines) if line.strip()]
    if len(places) < _LETTER - 1:
        return "\n".join(lines)
    first, last = lines[places[0]].strip(" ,!."), lines[places[-1]].strip(" ,!.")
    if _GREETING.fullmatch(first) and len(first.split()) <= _LETTER:
        lines[places[0]] = ""
    if _REGARDS.fullmatch(last) and len(last.split()) <= _LETTER:
        lines[places[-1]] = ""
    return "\n".join(lines)


def _starts_with_number(line: str) -> bool:
    return line.lstrip(" >")[:1].isdigit()


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
    rows = _rows(stripped)
    if len(rows) < 2:
        return None
    try:
        body = from_rows(rows)
    except InputError:
        return None
    return [PastedObjective(o["objective"], o["key_results"]) for o in body["objectives"]] or None


def _rows(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for delimiter in ("|", "\t", ";"):
        if lines and all(delimiter in line for line in lines):
            return [
                [cell.strip().strip("*") for cell in line.strip(delimiter).split(delimiter)]
                for line in lines
                if not _SEPARATOR.match(line)
            ]
    return []


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
    return [_Line("objective" if not index else "key_result", _without_lead(s)) for index, s in enumerate(sentences)]


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
        rest = main_clause(rest) or f"dass {rest}"
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
