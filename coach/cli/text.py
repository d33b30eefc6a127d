"""A review as a person enjoys it in a terminal: the draft with underlined words, one question per finding."""

import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import yaml

from coach.paths import KNOWLEDGE
from coach.review import Finding, KeyResultReview, Kind, Review, Rewrite, Severity

_WIDTH = 92
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.ADVICE: "36"}
_MARKS = {Severity.ERROR: "●", Severity.WARNING: "●", Severity.ADVICE: "○"}


def render(review: Review, *, colour: bool) -> str:
    """Return the review as text; ANSI colours only with `colour`."""
    page = _Page(words_of(review.language), colour=colour)
    return "\n".join(page.lines(review)) + "\n"


def words_of(language: str, folder: Path = KNOWLEDGE) -> dict[str, str]:
    """Return the fixed words of the report in a language."""
    words: dict[str, dict[str, str]] = yaml.load(
        (folder / "phrases.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return words[language]


class _Page:
    def __init__(self, words: dict[str, str], *, colour: bool) -> None:
        self._words = words
        self._colour = colour

    def lines(self, review: Review) -> Iterator[str]:
        if review.degraded:
            yield self._paint(f"! {review.degraded}", "33")
            yield ""
        for notice in review.notices:
            yield from self._wrapped(f"! {notice.message}", indent="", code="33")
            yield ""
        for objective in review.objectives:
            yield self._paint(f"O  {_one_line(objective.objective)}", "1")
            yield from self._details(objective.objective, objective.findings, objective.rewrite, good="silent")
            for key_result in objective.key_results:
                yield ""
                yield from self._key_result(key_result)
            for finding in objective.set_findings:
                yield ""
                yield from self._finding(finding, indent="   ")
            yield ""
        for finding in (*review.set_findings, *review.process_findings):
            yield from self._finding(finding, indent="")
            yield ""
        yield self._paint(self._summary(review), "2")

    def _key_result(self, key_result: KeyResultReview) -> Iterator[str]:
        sure = "" if key_result.kind == Kind.UNSURE else f" {key_result.confidence:.0%}"
        kind = self._words[f"kind_{key_result.kind.value}"]
        yield f"   {_one_line(key_result.text)}  {self._paint(f'[{kind}{sure}]', '2')}"
        if key_result.kind == Kind.UNSURE:
            yield from self._wrapped(f"? {self._words['unsure']}", indent="   ", code="1")
        yield from self._details(key_result.text, key_result.findings, key_result.rewrite)

    def _details(
        self, text: str, findings: tuple[Finding, ...], rewrite: Rewrite | None, *, good: str = "good"
    ) -> Iterator[str]:
        underline = _underline(text, findings)
        if underline.strip():
            yield "   " + self._paint(underline, _COLOURS[findings[0].severity])
        for finding in findings:
            yield from self._finding(finding, indent="   ")
        if rewrite is None:
            return
        if rewrite.status == "unchanged":
            yield self._paint(f"   ✓ {self._words[good]}", "32")
            return
        lead = self._words["offer" if rewrite.status == "verified" else "scaffold"]
        yield from self._wrapped(f"→ {lead} {rewrite.text}", indent="   ", code="32")
        if rewrite.hypotheses:
            yield self._paint(f"   ? {self._words['hypotheses']}", "1")
        for hypothesis in rewrite.hypotheses:
            yield from self._wrapped(f"– {hypothesis}", indent="     ", code="2")

    def _finding(self, finding: Finding, *, indent: str) -> Iterator[str]:
        code = _COLOURS[finding.severity]
        mark = self._paint(_MARKS[finding.severity], code)
        head, *rest = textwrap.wrap(_one_line(finding.message), _WIDTH - len(indent) - 2) or [""]
        yield f"{indent}{mark} {head}"
        yield from (f"{indent}  {line}" for line in rest)
        yield from self._wrapped(f"? {finding.question}", indent=indent + "  ", code="1")
        yield self._paint(f"{indent}  {finding.pattern}", "2")

    def _wrapped(self, text: str, *, indent: str, code: str) -> Iterator[str]:
        lines = textwrap.wrap(_one_line(text), _WIDTH - len(indent), subsequent_indent="  ")
        return (indent + self._paint(line, code) for line in lines)

    def _summary(self, review: Review) -> str:
        kinds = ", ".join(
            f"{count} {self._words[f'kind_{kind.value}']}" for kind, count in review.summary.kinds.items()
        )
        return self._words["summary"].format(
            objectives=review.summary.objectives,
            key_results=review.summary.key_results,
            kinds=kinds or "–",
            findings=review.summary.findings,
        )

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def _one_line(text: str) -> str:
    """Return a text on one line, with control characters made visible: a draft must not steer the terminal."""
    return "".join(" " if c in "\t\n\r\v\f" else "�" if unicodedata.category(c) == "Cc" else c for c in text)


def _underline(text: str, findings: tuple[Finding, ...]) -> str:
    """Return a line that marks the quoted words below a text, as wide as a terminal shows them."""
    marks = bytearray(len(text))
    for finding in findings:
        if finding.span:
            marks[finding.span.start : finding.span.end] = b"\x01" * (finding.span.end - finding.span.start)
    return "".join(("‾" if marked else " ") * _columns(c) for c, marked in zip(text, marks, strict=True)).rstrip()


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
