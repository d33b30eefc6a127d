"""Reviews as reports for people, tools and pipelines."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from coach import __version__
from coach.review import Finding, Review, Rewrite, Severity

_SARIF_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIST_MARK = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|-[-\s]*$))")
_GITHUB_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


class Entry(NamedTuple):
    """A finding with the text it is about and where that stands in the draft (JSON pointer)."""

    pointer: str
    text: str
    finding: Finding


def write_review(review: Review, kind: str, *, file: str = "draft") -> str:
    """Return a review as `json`, `jsonl`, `sarif`, `github`, `junit` or `markdown`."""
    return WRITERS[kind](review, file)


def entries(review: Review) -> Iterator[Entry]:
    """Return every finding with its place, in reading order."""
    for index, objective in enumerate(review.objectives):
        at = f"/objectives/{index}"
        for finding in objective.findings:
            yield Entry(f"{at}/objective", objective.objective, finding)
        for number, key_result in enumerate(objective.key_results):
            for finding in key_result.findings:
                yield Entry(f"{at}/key_results/{number}", key_result.text, finding)
        for finding in objective.set_findings:
            yield Entry(at, objective.objective, finding)
    for finding in (*review.set_findings, *review.process_findings):
        yield Entry("/objectives", "", finding)


def _json(review: Review, _file: str) -> str:
    return review.model_dump_json(indent=2) + "\n"


def _jsonl(review: Review, _file: str) -> str:
    return review.model_dump_json() + "\n"


def _sarif(review: Review, file: str) -> str:
    rules = {entry.finding.pattern: entry.finding for entry in entries(review)}
    results: list[dict[str, Any]] = []
    for entry in entries(review):
        finding = entry.finding
        results.append(
            {
                "ruleId": finding.pattern,
                "level": _SARIF_LEVEL[finding.severity],
                "message": {"text": f"{finding.message} {finding.question}"},
                "locations": [
                    {
                        "physicalLocation": {"artifactLocation": {"uri": quote(file, errors="surrogateescape")}},
                        "logicalLocations": [{"fullyQualifiedName": entry.pointer, "kind": "element"}],
                    }
                ],
                "partialFingerprints": {"okrCoach/v1": finding.fingerprint},
            }
        )
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "okr-coach",
                        "version": __version__,
                        "rules": [{"id": slug, "shortDescription": {"text": slug}} for slug in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _github(review: Review, file: str) -> str:
    lines = []
    for entry in entries(review):
        finding = entry.finding
        title = _escaped(f"{finding.pattern} ({entry.pointer})", also=":,")
        message = _escaped(f"{entry.text}: {finding.message} {finding.question}")
        lines.append(f"::{_GITHUB_LEVEL[finding.severity]} file={_escaped(file, also=':,')},title={title}::{message}\n")
    return "".join(lines)


def _escaped(text: str, *, also: str = "") -> str:
    """Return a text as workflow commands take it: no line breaks, no delimiters."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for mark in also:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text


def _junit(review: Review, file: str) -> str:
    by_place: dict[str, list[Entry]] = {}
    for entry in entries(review):
        by_place.setdefault(entry.pointer, []).append(entry)
    places = {
        **{f"/objectives/{i}/objective": o.objective for i, o in enumerate(review.objectives)},
        **{
            f"/objectives/{i}/key_results/{n}": key_result.text
            for i, objective in enumerate(review.objectives)
            for n, key_result in enumerate(objective.key_results)
        },
        **{place: place for place in by_place},
    }
    failed = {place for place, found in by_place.items() if any(e.finding.severity != Severity.ADVICE for e in found)}
    suite = ElementTree.Element("testsuite", name="okr-coach", tests=str(len(places)), failures=str(len(failed)))
    for place, text in places.items():
        name = xml_text(by_place[place][0].text if place in by_place and by_place[place][0].text else text)
        case = ElementTree.SubElement(suite, "testcase", classname=xml_text(f"{file}{place}"), name=name)
        if place in failed:
            found = [e.finding for e in by_place[place]]
            failure = ElementTree.SubElement(case, "failure", message=xml_text(found[0].message), type=found[0].pattern)
            failure.text = xml_text("\n".join(f"{f.pattern}: {f.message} {f.question}" for f in found))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub(" ", text)


def _markdown(review: Review, _file: str) -> str:
    lines: list[str] = []
    for objective in review.objectives:
        lines += [f"## {inert(objective.objective)}", ""]
        lines += [_bullet(finding) for finding in objective.findings]
        lines += _offer(objective.rewrite)
        for key_result in objective.key_results:
            lines += [
                "",
                f"### {inert(key_result.text)}",
                "",
                f"`{key_result.kind.value}` ({key_result.confidence:.0%})",
                "",
            ]
            lines += [_bullet(finding) for finding in key_result.findings]
            lines += _offer(key_result.rewrite)
        if objective.set_findings:
            lines += ["", *(_bullet(finding) for finding in objective.set_findings)]
        lines.append("")
    lines += [_bullet(finding) for finding in (*review.set_findings, *review.process_findings)]
    return "\n".join(lines).rstrip() + "\n"


def _bullet(finding: Finding) -> str:
    return f"- **{finding.pattern}** ({finding.severity.value}): {inert(finding.message)} *{inert(finding.question)}*"


def _offer(rewrite: Rewrite | None) -> list[str]:
    if rewrite is None or rewrite.status == "unchanged":
        return []
    return ["", f"> {inert(rewrite.text)} (`{rewrite.status}`)"]


def inert(text: str) -> str:
    """Return a text on one line in which Markdown and HTML mean nothing."""
    text = " ".join(text.split())
    for mark in "\\`*_[]<>#|!&~":
        text = text.replace(mark, "\\" + mark)
    return _LIST_MARK.sub(r"\1\\", text)


WRITERS: Mapping[str, Callable[[Review, str], str]] = {
    "json": _json,
    "jsonl": _jsonl,
    "sarif": _sarif,
    "github": _github,
    "junit": _junit,
    "markdown": _markdown,
}
