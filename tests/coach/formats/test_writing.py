"""Reports: what tools and people read, and that no draft can break out of one."""

import json
import re
from itertools import pairwise
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from coach.formats import WRITERS, write_review
from coach.formats.writing import entries
from coach.review import (
    Finding,
    KeyResultReview,
    Kind,
    Level,
    ObjectiveReview,
    Provenance,
    Review,
    Rewrite,
    Severity,
    Summary,
)

ANY_LINE = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from("<>&;/scriptx \"'`*_[]()!#|\\~-+=1.)\n\r\t:,%@🎉ä\x00\x1b\u2028\ufffe"), max_size=40),
)  # fmt: skip


def finding(pattern: str = "no-baseline", severity: Severity = Severity.WARNING, **changes: Any) -> Finding:
    return Finding(
        **{
            "pattern": pattern,
            "level": Level.KEY_RESULT,
            "severity": severity,
            "span": None,
            "message": "The start is open.",
            "question": "Where are you today?",
            "source": "rule",
            "confidence": 0.9,
            "fingerprint": f"{pattern}-1",
            **changes,
        }
    )


def review(
    *key_results: KeyResultReview,
    objective: str = "Callers are helped",
    findings: tuple[Finding, ...] = (),
    set_findings: tuple[Finding, ...] = (),
    process_findings: tuple[Finding, ...] = (),
    rewrite: Rewrite | None = None,
) -> Review:
    return Review(
        id="r-1",
        language="en",
        mode="rules",
        profile="default",
        objectives=(
            ObjectiveReview(
                objective=objective,
                findings=findings,
                rewrite=rewrite,
                key_results=key_results,
                set_findings=set_findings,
            ),
        ),
        process_findings=process_findings,
        summary=Summary(objectives=1, key_results=len(key_results), kinds={}, findings=0),
        provenance=Provenance(catalog="c", classifier="k"),
    )


def key_result(text: str, *findings: Finding, rewrite: Rewrite | None = None) -> KeyResultReview:
    return KeyResultReview(text=text, kind=Kind.KPI, confidence=0.93, findings=findings, rewrite=rewrite)


FULL = review(
    key_result("Raise NPS", finding(), finding("no-target", Severity.ADVICE)),
    key_result("80% of callers say so"),
    key_result("Portal live", finding("output-as-key-result", Severity.ERROR)),
    findings=(finding("vague-objective", level=Level.OBJECTIVE),),
    set_findings=(finding("task-list", level=Level.SET),),
    process_findings=(finding("tied-to-pay", level=Level.PROCESS),),
)


def test_findings_are_listed_in_reading_order_with_their_place() -> None:
    assert [(entry.pointer, entry.finding.pattern) for entry in entries(FULL)] == [
        ("/objectives/0/objective", "vague-objective"),
        ("/objectives/0/key_results/0", "no-baseline"),
        ("/objectives/0/key_results/0", "no-target"),
        ("/objectives/0/key_results/2", "output-as-key-result"),
        ("/objectives/0", "task-list"),
        ("/objectives", "tied-to-pay"),
    ]


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_every_report_ends_with_a_line_break_or_is_empty(kind: str) -> None:
    assert write_review(FULL, kind).endswith("\n")
    assert write_review(review(), kind).endswith("\n") or kind == "github"


# JSON


def test_json_comes_back_as_the_same_review() -> None:
    assert Review.model_validate_json(write_review(FULL, "json")) == FULL
    assert Review.model_validate_json(write_review(FULL, "jsonl")) == FULL


@settings(deadline=None)
@given(ANY_LINE)
def test_a_jsonl_report_is_one_line(text: str) -> None:
    written = write_review(review(key_result(text)), "jsonl")
    assert written.count("\n") == 1
    assert json.loads(written)["objectives"][0]["key_results"][0]["text"] == text


# SARIF


def sarif(report: Review, file: str = "draft.md") -> Any:
    log = json.loads(write_review(report, "sarif", file=file))
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    return run


def test_sarif_has_a_rule_for_every_result() -> None:
    run = sarif(FULL)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules)) == 6
    assert [result["ruleId"] for result in run["results"]] == [entry.finding.pattern for entry in entries(FULL)]
    assert {result["ruleId"] for result in run["results"]} == set(rules)


def test_sarif_names_level_place_and_fingerprint() -> None:
    results = {result["ruleId"]: result for result in sarif(FULL)["results"]}
    assert results["output-as-key-result"]["level"] == "error"
    assert results["no-baseline"]["level"] == "warning"
    assert results["no-target"]["level"] == "note"
    assert results["no-baseline"]["message"]["text"] == "The start is open. Where are you today?"
    assert results["no-baseline"]["partialFingerprints"] == {"okrCoach/v1": "no-baseline-1"}
    [location] = results["no-baseline"]["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "/objectives/0/key_results/0"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "draft.md"


def test_sarif_without_findings_has_a_run_without_results() -> None:
    run = sarif(review(key_result("80% of callers say so")))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("file", ["okr/Q3 Ziele.md", "größe.md", "a#b?c.md", "50%.md"])
def test_sarif_names_the_file_by_a_valid_uri(file: str) -> None:
    [result] = sarif(review(key_result("x", finding())), file)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
    assert unquote(uri) == file


# JUnit


def suite(report: Review, file: str = "draft.md") -> ElementTree.Element:
    return ElementTree.fromstring(write_review(report, "junit", file=file).encode())


def test_junit_counts_a_test_per_text_and_a_failure_per_text_with_findings() -> None:
    root = suite(FULL)
    cases = {case.get("classname"): case for case in root.iter("testcase")}
    assert root.get("tests") == str(len(cases)) == "6"  # 1 objective, 3 key results, the set, the process
    assert root.get("failures") == "5"
    assert cases["draft.md/objectives/0/key_results/1"].find("failure") is None
    failure = cases["draft.md/objectives/0/key_results/0"].find("failure")
    assert failure is not None
    assert failure.get("type") == "no-baseline"
    assert (failure.text or "").splitlines() == [
        "no-baseline: The start is open. Where are you today?",
        "no-target: The start is open. Where are you today?",
    ]


def test_junit_does_not_fail_on_advice() -> None:
    root = suite(review(key_result("Raise NPS", finding("no-target", Severity.ADVICE))))
    assert (root.get("tests"), root.get("failures")) == ("2", "0")
    assert root.find(".//failure") is None


@settings(deadline=None)
@given(ANY_LINE.filter(bool), ANY_LINE)
@example("\x00\x1b[31m\x08 & < > \" ' ]]> \ufffe\uffff", "<failure>")
@example("a\nb\tc\rd", "\x0b\x0c\x1f")
def test_junit_is_well_formed_whatever_the_draft_says(text: str, message: str) -> None:
    report = review(key_result(text, finding(message=message)), objective=text)
    root = suite(report)
    assert [case.tag for case in root] == ["testcase", "testcase"]
    assert root.get("failures") == "1"
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)
    assert [case.get("name") for case in root] == [kept, kept]


def test_junit_takes_a_file_name_that_is_no_unicode() -> None:
    assert [case.get("classname") for case in suite(review(), "dr\udcffft.md")] == ["dr ft.md/objectives/0/objective"]


# GitHub


def commands(report: Review, file: str = "draft.md") -> list[tuple[str, dict[str, str], str]]:
    """Return the workflow commands as GitHub's runner reads them: level, properties, message."""
    found = []
    for line in re.split(r"\r\n|\n|\r", write_review(report, "github", file=file).removesuffix("\n")):
        parts = re.fullmatch(r"::(\w+) (.*?)::(.*)", line, re.DOTALL)
        assert parts is not None
        fields = dict(field.split("=", 1) for field in parts[2].split(","))
        found.append((parts[1], {name: unquote(value) for name, value in fields.items()}, unquote(parts[3])))
    return found


def test_github_gets_a_command_per_finding() -> None:
    assert [level for level, _, _ in commands(FULL)] == ["warning", "warning", "notice", "error", "warning", "warning"]
    level, fields, message = commands(FULL)[1]
    assert fields == {"file": "draft.md", "title": "no-baseline (/objectives/0/key_results/0)"}
    assert (level, message) == ("warning", "Raise NPS: The start is open. Where are you today?")


def test_github_gets_nothing_when_nothing_was_found() -> None:
    assert write_review(review(key_result("80% of callers say so")), "github") == ""


@settings(deadline=None)
@given(ANY_LINE, ANY_LINE)
@example("x\n::error file=other.md::injected", "%0A::stop-commands::x")
@example("a,b:c", "::add-mask::x\r\n::set-output name=a::b")
def test_no_draft_can_issue_a_github_command_of_its_own(text: str, message: str) -> None:
    report = review(key_result(text, finding(message=message)))
    [(level, fields, said)] = commands(report, file=text.strip() or "x")
    assert level == "warning"
    assert set(fields) == {"file", "title"}
    assert fields["file"] == (text.strip() or "x")
    assert said == f"{text}: {message} Where are you today?"


# Markdown

_READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def said(tokens: list[Token]) -> str:
    """Return the words of inline tokens; the tokens must be nothing but words."""
    assert {token.type for token in tokens} <= {"text", "text_special"}, [token.type for token in tokens]
    return "".join(token.content for token in tokens)


def inline(written: str, block: str) -> list[list[Token]]:
    """Return the inline content of every block of a type."""
    tokens = _READER.parse(written)
    return [
        following.children or []
        for opening, following in pairwise(tokens)
        if opening.type == f"{block}_open" and following.type == "inline"
    ]


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "\ufffd").split())


INJECTIONS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "&lt;b&gt; &amp; &#60;",
    "`code` **bold** _it_ ~~gone~~",
    "a\n\n# Heading\n- item\n\n    code",
    "- item",
    "1. item",
    "+ item",
    "---",
    "<!-- hidden -->",
    "a | b\n--- | ---\n1 | 2",
    "\\",
    "> quote",
    "Title #",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_markdown_shows_a_draft_letter_by_letter(text: str) -> None:
    report = review(
        key_result(text, finding(message=text, question=text), rewrite=Rewrite(text=text, status="verified")),
        objective=text,
    )
    written = write_review(report, "markdown")
    tokens = _READER.parse(written)
    assert {token.type for token in tokens}.isdisjoint({"html_block", "hr", "table_open", "fence", "code_block"})
    assert [said(line) for line in inline(written, "heading")] == [one_line(text), one_line(text)]
    quote = next(index for index, token in enumerate(tokens) if token.type == "blockquote_open")
    assert [token.type for token in tokens[quote : quote + 4]] == [
        "blockquote_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    offered = tokens[quote + 2].children or []
    assert said(offered[:-2] + offered[-1:]) == one_line(text) + " ()"
    assert offered[-2].type == "code_inline"


@settings(deadline=None)
@given(ANY_LINE.filter(str.strip))
def test_no_draft_is_more_than_words_in_a_heading(text: str) -> None:
    written = write_review(review(key_result(text), objective=text), "markdown")
    assert [said(line) for line in inline(written, "heading")] == [one_line(text), one_line(text)]


@settings(deadline=None)
@given(ANY_LINE.filter(str.strip))
def test_no_draft_is_more_than_words_in_an_offer(text: str) -> None:
    written = write_review(review(rewrite=Rewrite(text=text, status="scaffold")), "markdown")
    [_, offered] = [line for block in ("heading", "paragraph") for line in inline(written, block)]
    assert said(offered[:-2] + offered[-1:]) == one_line(text) + " ()"


def test_markdown_names_kind_findings_and_offers() -> None:
    offer = Rewrite(text="[share?] of callers", status="scaffold", placeholders=("[share?]",))
    report = review(key_result("Raise NPS", finding(), rewrite=offer), findings=(finding("vague-objective"),))
    assert write_review(report, "markdown") == (
        "## Callers are helped\n"
        "\n"
        "- **vague-objective** (warning): The start is open. *Where are you today?*\n"
        "\n"
        "### Raise NPS\n"
        "\n"
        "`kpi` (93%)\n"
        "\n"
        "- **no-baseline** (warning): The start is open. *Where are you today?*\n"
        "\n"
        "> \\[share?\\] of callers (`scaffold`)\n"
    )


def test_markdown_offers_nothing_where_nothing_changes() -> None:
    same = Rewrite(text="80% of callers say so", status="unchanged")
    written = write_review(review(key_result("80% of callers say so", rewrite=same)), "markdown")
    assert ">" not in written
    assert "unchanged" not in written
