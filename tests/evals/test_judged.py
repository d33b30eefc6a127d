"""Rules alone, model alone, both: measured at a scripted judge that knows this file's labels, and errs now and then."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evals import subject
from evals.__main__ import main
from evals.suites import judged
from tests.conftest import ModelServer

LABELLED: dict[str, dict[str, list[str]]] = {
    "Callers are served at once": {
        "Launch the callback portal by May": ["output-as-key-result"],
        "80% of callers reach a person within a minute (today 50%)": [],
        "Callers are noticeably happier": ["vague-wording"],
    },
    "Tenants settle in without help": {
        "Revenue up 12%": ["kpi-as-key-result"],
        "70% of new tenants register without help (today 40%)": [],
    },
    "Anrufer:innen kommen sofort durch": {
        "Rückrufportal bis Mai live schalten": ["output-as-key-result"],
        "80 % der Anrufer:innen erreichen in einer Minute einen Menschen (heute 50 %)": [],
    },
}
REASONS = {
    "en": "The words do not say what changes for callers and tenants.",
    "de": "Die Worte sagen nicht, was sich für Anrufer:innen ändert.",
}


def lines() -> Iterator[str]:
    kinds = {"output-as-key-result": "output", "kpi-as-key-result": "kpi", "vague-wording": "vague"}
    for number, (objective, key_results) in enumerate(LABELLED.items()):
        labels = [
            {"i": i, "kind": kinds[patterns[0]] if patterns else "outcome", "patterns": patterns}
            for i, patterns in enumerate(key_results.values())
        ]
        yield json.dumps(
            {
                "id": f"t-{number}",
                "org": "authored",
                "lang": "de" if "Anrufer" in objective else "en",
                "objective": objective,
                "key_results": list(key_results),
                "labels": {"objective_patterns": [], "set_patterns": [], "key_results": labels},
            }
        )


def oracle(*, errs_at: str = "") -> Callable[[dict[str, Any]], str]:
    """Judge by the labels above; at one text say nothing is wrong."""
    labels = {text: slugs for key_results in LABELLED.values() for text, slugs in key_results.items()}

    def answer(request: dict[str, Any]) -> str:
        system, user = (message["content"] for message in request["messages"][:2])
        draft = json.loads(user.split("<draft>")[1].split("</draft>")[0])
        found = json.loads(user.split("<findings>")[1].split("</findings>")[0])
        known = {(each["element"], each["pattern"]) for each in found}
        elements = []
        for name, text in draft.items():
            right = [] if text == errs_at else labels.get(text, [])
            verdicts = {slug: "confirmed" if (name, slug) in known else "added" for slug in right}
            verdicts |= {slug: "dismissed" for element, slug in known if element == name and slug not in right}
            findings = [
                {
                    "pattern": slug,
                    "verdict": verdict,
                    "reason": REASONS["de" if "Anrufer" in json.dumps(draft) else "en"],
                    "quote": text,
                    "citation": system.split(f"- {slug} (")[1].split("[")[1].split("]")[0],
                }
                for slug, verdict in verdicts.items()
            ]
            elements.append({"element": name, "findings": findings})
        return json.dumps({"elements": elements})

    return answer


@pytest.fixture
def measured(
    monkeypatch: pytest.MonkeyPatch, model_server: ModelServer, tmp_path: Path
) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Run a suite as its one command does; return the figures with a model."""
    monkeypatch.setattr("coach.wiring.tuned_embedder", lambda _folder: None)
    monkeypatch.setenv("OKR_COACH_LLM_MODEL", "stub")
    monkeypatch.setenv("OKR_COACH_LLM_BASE_URL", model_server.url)
    data, out = tmp_path / "labelled.jsonl", tmp_path / "figures.json"
    data.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    known = (subject.coach_for, judged._alone, judged._by_rules)

    def forget() -> None:
        subject._REVIEWED.clear()
        for each in known:
            each.cache_clear()

    def run(suite: str) -> dict[str, Any]:
        forget()
        command = ["evals", "run", suite, "--data", str(data), "--mode", "llm", "--json", str(out)]
        monkeypatch.setattr(sys, "argv", command)
        main()
        figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))[suite]["with a model"]
        return figures

    yield run
    forget()


def test_a_judge_that_knows_is_right_alone_and_with_the_rules(
    measured: Callable[[str], dict[str, Any]], model_server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    model_server.answers = [oracle()]
    figures = measured("patterns")
    for language in ("de", "en"):
        assert (figures[f"model alone/{language}"]["f1"], figures[f"both/{language}"]["f1"]) == (1.0, 1.0)
        assert figures[f"both/{language}"]["clean_flagged"] == 0.0
        assert figures[f"rules alone/{language}"]["f1"] < 1.0
    assert figures["failed"] == 0
    sys.__stdout__.flush()  # type: ignore[union-attr]
    printed = capfd.readouterr().out
    assert all(way in printed for way in judged.WAYS)
    assert len(model_server.requests) == 2 * len(LABELLED), "one call with the findings, one without"


def test_a_judge_that_errs_is_seen_to(measured: Callable[[str], dict[str, Any]], model_server: ModelServer) -> None:
    model_server.answers = [oracle(errs_at="Revenue up 12%")]
    figures = measured("patterns")
    assert figures["model alone/en"]["recall"] == pytest.approx(2 / 3)
    assert figures["both/en"]["recall"] == pytest.approx(2 / 3)
    assert figures["both/en"]["precision"] == 1.0


def test_kinds_follow_from_the_patterns_that_stand(
    measured: Callable[[str], dict[str, Any]], model_server: ModelServer
) -> None:
    model_server.answers = [oracle()]
    figures = measured("kinds")
    assert figures["both/en"]["accuracy"] == figures["model alone/de"]["accuracy"] == 1.0
    assert set(figures) == {*(f"{way}/{language}" for way in judged.WAYS for language in ("de", "en")), "failed"}


def test_a_model_that_fails_is_counted_and_the_rules_stand(
    measured: Callable[[str], dict[str, Any]], model_server: ModelServer
) -> None:
    model_server.answers = [(401, {}, b"{}")]
    figures = measured("patterns")
    assert figures["failed"] == 2 * len(LABELLED)
    assert figures["both/en"] == figures["rules alone/en"] == figures["model alone/en"]
