"""A muted pattern is nowhere: not in findings, citations or counts, and no rewrite rests on it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.pipeline import Models
from coach.kinds import open_classifier
from coach.llm import ModelAddress, open_chat_model
from coach.okr import parse_draft
from coach.review import Review

DRAFT = {
    "objectives": [
        {"objective": "Kundenportal", "key_results": ["Portal live", "Neues CRM ist eingeführt", "CRM ist eingeführt"]},
        *({"objective": f"Thema {name}", "key_results": []} for name in ("A", "B", "C", "D", "E", "F", "G")),
    ],
    "mode": "rules",
    "language": "de",
}


def patterns(review: Review) -> set[str]:
    return {finding.pattern for finding in review.findings()}


def test_each_pattern_can_be_muted_at_every_level_and_the_others_stay(plain_critic: Critic) -> None:
    draft = parse_draft(DRAFT)
    loud = plain_critic.review(draft)
    assert {finding.level.value for finding in loud.findings()} >= {"objective", "key_result", "set"}
    assert loud.set_findings
    for slug in sorted(patterns(loud)):
        quiet = plain_critic.review(draft, muted=frozenset({slug}))
        kept = [finding.fingerprint for finding in loud.findings() if finding.pattern != slug]
        assert sorted(finding.fingerprint for finding in quiet.findings()) == sorted(kept)
        assert quiet.summary.findings == len(kept)
        assert quiet.provenance.muted == (slug,)
        assert not any(citation.slug == slug for citation in quiet.citations)


def test_with_everything_muted_the_draft_comes_back_unchanged(plain_critic: Critic, catalog: Catalog) -> None:
    quiet = plain_critic.review(parse_draft(DRAFT), muted=frozenset(catalog.patterns))
    assert quiet.findings() == ()
    assert quiet.citations == ()
    rewrites = [objective.rewrite for objective in quiet.objectives]
    rewrites += [key_result.rewrite for objective in quiet.objectives for key_result in objective.key_results]
    assert {rewrite.status for rewrite in rewrites if rewrite} == {"unchanged"}


def test_a_review_without_muting_says_so(plain_critic: Critic) -> None:
    assert plain_critic.review(parse_draft(DRAFT)).provenance.muted == ()


def test_a_rewrite_is_not_held_back_by_a_muted_pattern(plain_critic: Critic) -> None:
    """Whatever keeps a rewrite from being clean can be muted, and then it no longer does."""
    draft = parse_draft({"objective": "Es geht voran", "key_results": ["Neues CRM ist eingeführt"], "mode": "rules"})
    muted = frozenset({"no-baseline", "no-target", "no-measure", "vague-wording", "absolute-claim"})
    rewrite = plain_critic.review(draft, muted=muted).objectives[0].key_results[0].rewrite
    assert rewrite is not None
    assert rewrite.checks["clean"]


def test_a_former_slug_mutes_the_pattern_in_use(catalog: Catalog) -> None:
    pages = catalog.pages()
    pages.patterns["no-baseline"] = pages.patterns["no-baseline"].model_copy(update={"former": ("no-start",)})
    critic = Critic(catalog.with_pages(pages), open_classifier(None))
    draft = parse_draft({"objective": "Es geht voran", "key_results": ["Umsatz um 12 % steigern"], "mode": "rules"})
    assert "no-baseline" in patterns(critic.review(draft))
    quiet = critic.review(draft, muted=frozenset({"no-start", "gone-for-good"}))
    assert "no-baseline" not in patterns(quiet)
    assert quiet.provenance.muted == ("gone-for-good", "no-baseline")


@pytest.mark.parametrize("muted", [frozenset[str](), frozenset({"ambiguous-metric"})], ids=["heard", "muted"])
def test_what_a_model_adds_is_muted_too_and_it_is_not_asked_for_it(
    catalog: Catalog, model_server: Any, muted: frozenset[str]
) -> None:
    model = open_chat_model(ModelAddress("stub", model_server.url, "key", 60.0))
    critic = Critic(catalog, open_classifier(None), models=Models(judge=model, rewrite=model))
    model_server.answers = [_adding("ambiguous-metric"), lambda _: json.dumps({"elements": [], "rewrites": []})]
    draft = {
        "objective": "New tenants settle in",
        "key_results": ["Launch the portal", "70% register alone (today 40%)"],
    }
    review = critic.review(parse_draft({**draft, "mode": "llm"}), muted=muted)
    assert review.degraded is None
    assert ("ambiguous-metric" in patterns(review)) is (not muted)
    said = "".join(message["content"] for message in model_server.requests[0]["messages"])
    assert ("ambiguous-metric" in said) is (not muted)


def _adding(slug: str) -> Callable[[dict[str, Any]], str]:
    def answer(_request: dict[str, Any]) -> str:
        added = {
            "pattern": slug,
            "verdict": "added",
            "reason": "The share is open: nothing says by when they register.",
            "quote": "70%",
            "citation": "pattern/output-as-key-result/en/instead",
        }
        return json.dumps({"elements": [{"element": "O1.K2", "findings": [added]}]})

    return answer
