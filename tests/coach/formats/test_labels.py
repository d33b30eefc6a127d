"""Feedback as labelled drafts: every finding is a label, rejected, or open; the evals can read the lines."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.critique import Critic
from coach.feedback import StoredRemark
from coach.formats.labels import labelled
from coach.okr import Draft, parse_draft
from coach.review import Finding, Review
from evals.drafts import read_drafts

DRAFT = parse_draft(
    {
        "objectives": [
            {"objective": "Kundenportal", "key_results": ["Portal live", "Umsatz um 12 % steigern", "Portal live"]},
            {"objective": "Qualität verbessern", "key_results": ["CRM ist eingeführt"]},
            *({"objective": f"Thema {name}", "key_results": []} for name in "ABCDEF"),
        ],
        "mode": "rules",
        "language": "de",
    }
)
Said = Literal["accept", "reject"] | None


@pytest.fixture(scope="module")
def review(plain_critic: Critic) -> Review:
    return plain_critic.review(DRAFT)


def remark(finding: Finding, verdict: Said) -> StoredRemark:
    return StoredRemark(
        id="r", review_id="1", fingerprint=finding.fingerprint, pattern=finding.pattern, verdict=verdict,
        comment="why", created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def lines(draft: Draft, review: Review, remarks: Sequence[StoredRemark]) -> list[dict[str, Any]]:
    return [json.loads(line.model_dump_json()) for line in labelled("1", "acme", draft, review, remarks)]


def test_a_line_holds_accepted_rejected_and_open_findings(review: Review) -> None:
    first = review.objectives[0].key_results[1]
    found = {finding.pattern: finding for finding in first.findings}
    (line,) = lines(
        DRAFT, review, [remark(found["kpi-as-key-result"], "accept"), remark(found["no-baseline"], "reject")]
    )
    assert line["id"] == "1-0"
    assert (line["org"], line["lang"], line["provenance"]) == ("acme", "de", "feedback")
    assert line["objective"] == "Kundenportal"
    assert line["key_results"] == ["Portal live", "Umsatz um 12 % steigern", "Portal live"]
    assert line["labels"]["key_results"][1] == {"i": 1, "kind": "kpi", "patterns": ["kpi-as-key-result"]}
    assert line["rejected"] == [{"element": "K1", "pattern": "no-baseline"}]
    assert {"element": "O", "pattern": review.objectives[0].findings[0].pattern} in line["open"]
    assert "why" not in json.dumps(line)


def test_a_remark_counts_wherever_the_same_words_stand(review: Review) -> None:
    finding = review.objectives[0].key_results[0].findings[0]
    (line,) = lines(DRAFT, review, [remark(finding, "accept")])
    assert [label["patterns"] for label in line["labels"]["key_results"]] == [[finding.pattern], [], [finding.pattern]]


def test_a_comment_alone_is_neither_label_nor_rejection(review: Review) -> None:
    finding = review.objectives[1].findings[0]
    (line,) = lines(DRAFT, review, [remark(finding, None)])
    assert line["id"] == "1-1"
    assert line["rejected"] == []
    assert line["labels"]["objective_patterns"] == []
    assert {"element": "O", "pattern": finding.pattern} in line["open"]


def test_a_finding_on_the_whole_draft_belongs_to_no_line(review: Review) -> None:
    assert review.set_findings
    assert lines(DRAFT, review, [remark(finding, "accept") for finding in review.set_findings]) == []


@given(data=st.data())
def test_every_finding_of_a_line_stands_in_exactly_one_place(
    data: st.DataObject, review: Review, tmp_path_factory: pytest.TempPathFactory
) -> None:
    distinct = {finding.fingerprint: finding for finding in review.findings()}
    said: st.SearchStrategy[Said] = st.sampled_from(["accept", "reject", None])
    verdicts = data.draw(st.dictionaries(st.sampled_from(sorted(distinct)), said))
    remarks = [remark(distinct[fingerprint], verdict) for fingerprint, verdict in verdicts.items()]
    written = lines(DRAFT, review, remarks)
    for line in written:
        objective = review.objectives[int(line["id"].split("-")[1])]
        labels = line["labels"]
        accepted = [("O", slug) for slug in labels["objective_patterns"]]
        accepted += [("set", slug) for slug in labels["set_patterns"]]
        accepted += [(f"K{label['i']}", slug) for label in labels["key_results"] for slug in label["patterns"]]
        others = [(each["element"], each["pattern"]) for each in line["rejected"] + line["open"]]
        found = {("O", finding.pattern) for finding in objective.findings}
        found |= {("set", finding.pattern) for finding in objective.set_findings}
        for number, key_result in enumerate(objective.key_results):
            found |= {(f"K{number}", finding.pattern) for finding in key_result.findings}
        assert sorted(accepted + others) == sorted(found)
    file: Path = tmp_path_factory.getbasetemp() / "feedback.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in written), encoding="utf-8")
    read = read_drafts(file)
    assert [draft.id for draft in read] == [line["id"] for line in written]
    assert [
        draft.labels.model_dump(mode="json", exclude={"key_results": {"__all__": {"doubtful"}}}) for draft in read
    ] == [line["labels"] for line in written]
