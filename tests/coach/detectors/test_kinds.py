"""From patterns to detectors: a misconfigured pattern is named, and all of them at once."""

from collections.abc import Mapping
from typing import Any

import pytest

from coach.catalog import FailurePattern, PatternText, Section, open_catalog
from coach.catalog.records import DetectorSpec
from coach.detectors import (
    DETECTOR_KINDS,
    DraftSubject,
    Hit,
    KeyResultSubject,
    ObjectiveSubject,
    Place,
    build_detectors,
)
from coach.errors import Fault, KnowledgeError
from coach.kinds import Verdict
from coach.okr import Context, KeyResult
from coach.reading import read
from coach.review import Kind, Level, Severity

TEXT = PatternText(
    name="x", messages=("x",), sections=(Section(heading="x", text="x"),), questions=("x?",)
)  # fmt: skip


def pattern(slug: str, level: Level = Level.KEY_RESULT, **detector: Any) -> FailurePattern:
    return FailurePattern(
        slug=slug,
        level=level,
        severity={"default": Severity.WARNING},
        detector=DetectorSpec.model_validate(detector),
        text={"de": TEXT, "en": TEXT},
    )


def faults(*patterns: FailurePattern) -> list[Fault]:
    with pytest.raises(KnowledgeError) as caught:
        build_detectors({each.slug: each for each in patterns})
    return list(caught.value.faults)


SOUND: Mapping[str, Mapping[str, Any]] = {
    "absence": {"lacks": ["baseline"], "when": ["change|delta"], "kinds": ["kpi"], "given": ["baseline"]},
    "compound": {},
    "context": {"repeats": "kpis", "least": 0.7},
    "count": {"of": "key_results", "most": 5, "least": 2, "most_in": {"google": 7}},
    "heading": {"words": 4},
    "judge": {},
    "kind": {"kinds": ["output", "activity"]},
    "lexicon": {"signals": ["weasel"], "unless": ["measure"], "main_clause": True},
    "share": {"kinds": ["output"], "least": 0.5},
    "similarity": {"least": 0.6},
}


def test_every_kind_is_built_from_its_parameters() -> None:
    assert set(SOUND) == set(DETECTOR_KINDS)
    patterns = {kind: pattern(kind, kind=kind, **parameters) for kind, parameters in SOUND.items()}
    detectors = build_detectors(patterns)
    assert list(detectors) == list(patterns)
    assert {detector.level for detector in detectors.values()} == {Level.KEY_RESULT}


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    [fault] = faults(pattern("no-baseline", kind="absense", lacks=["baseline"]))
    assert fault.file == "knowledge/patterns/no-baseline/pattern.yaml"
    assert fault.detail.startswith("detector.kind: 'absense' is none of absence, ")
    assert all(kind in fault.detail for kind in DETECTOR_KINDS)


@pytest.mark.parametrize(
    ("kind", "parameters", "where"),
    [
        ("absence", {}, "detector.lacks"),
        ("absence", {"lacks": "baseline"}, "detector.lacks"),
        ("absence", {"lacks": ["baseline"], "unles": ["target"]}, "detector.unles"),
        ("absence", {"lacks": ["baseline"], "kinds": ["kpis"]}, "detector.kinds"),
        ("compound", {"words": 3}, "detector.words"),
        ("context", {}, "detector.repeats"),
        ("context", {"repeats": "goals"}, "detector.repeats"),
        ("count", {"most": 5}, "detector.of"),
        ("count", {"of": "words"}, "detector.of"),
        ("count", {"of": "key_results", "most": "many"}, "detector.most"),
        ("count", {"of": "key_results", "most_in": {"google": "many"}}, "detector.most_in.google"),
        ("heading", {"words": "few"}, "detector.words"),
        ("judge", {"severity": "high"}, "detector.severity"),
        ("kind", {}, "detector.kinds"),
        ("kind", {"kinds": ["deliverable"]}, "detector.kinds"),
        ("lexicon", {"signal": ["weasel"]}, "detector.signal"),
        ("lexicon", {"signals": ["weasel"], "main_clause": "perhaps"}, "detector.main_clause"),
        ("share", {"kinds": ["output"]}, "detector.least"),
        ("share", {"kinds": ["output"], "least": "half"}, "detector.least"),
        ("similarity", {"most": 0.5}, "detector.least"),
    ],
)
def test_a_wrong_parameter_is_named(kind: str, parameters: Mapping[str, Any], where: str) -> None:
    found = faults(pattern("some-pattern", kind=kind, **parameters))
    assert {fault.file for fault in found} == {"knowledge/patterns/some-pattern/pattern.yaml"}
    assert any(fault.detail.startswith(where) for fault in found), found


def test_every_misconfigured_pattern_is_named_and_no_sound_one() -> None:
    found = faults(
        pattern("one", kind="no-such-kind"),
        pattern("two", kind="judge"),
        pattern("three", kind="count", most="many"),
        pattern("four", kind="lexicon", signal=["weasel"]),
    )
    assert [(fault.file.split("/")[2], fault.detail.split(":")[0]) for fault in found] == [
        ("one", "detector.kind"),
        ("three", "detector.of"),
        ("three", "detector.most"),
        ("four", "detector.signal"),
    ]


# What each kind looks at


def key_result(text: str, kind: Kind = Kind.OUTCOME, *, baseline: str | None = None) -> KeyResultSubject:
    verdict = Verdict(kind, 0.9, ("word",), kind)
    return KeyResultSubject(KeyResult(text=text, baseline=baseline), read(text, "en"), verdict)


def draft(
    *key_results: KeyResultSubject, objective: str = "x", profile: str = "default", context: Context | None = None
) -> DraftSubject:
    return DraftSubject([ObjectiveSubject(read(objective, "en"), key_results)], context or Context(), profile)


def hits(subject: DraftSubject, level: Level = Level.KEY_RESULT, **detector: Any) -> list[Hit]:
    """Return everything that a detector says of a draft."""
    built = build_detectors({"p": pattern("p", level, **detector)})["p"]
    found = list(built.in_draft(subject))
    for objective in subject.objectives:
        found += [*built.in_objective(objective, subject), *built.in_set(objective, subject)]
        for each in objective.key_results:
            found += built.in_key_result(each, subject)
    return found


def quoted(subject: DraftSubject, hit: Hit) -> str:
    text = subject.key_result_at(Place(0, 0)).reading.text
    return text[hit.stretch.start : hit.stretch.end] if hit.stretch else ""


def test_absence_quotes_what_calls_for_the_missing() -> None:
    subject = draft(key_result("Raise NPS to 45"))
    [hit] = hits(subject, kind="absence", lacks=["baseline"], when=["change|delta"], quote="change")
    assert quoted(subject, hit) == "Raise"


@pytest.mark.parametrize(
    ("text", "baseline", "parameters"),
    [
        ("Raise NPS from 32 to 45", None, {}),
        ("NPS is 45", None, {"when": ["change"]}),
        ("Raise NPS to 45", "32", {"given": ["baseline"]}),
        ("Raise NPS to 45", None, {"unless": ["metric"]}),
        ("Raise NPS to 45", None, {"kinds": ["kpi"]}),
    ],
)
def test_absence_is_silent_where_nothing_is_missing(
    text: str, baseline: str | None, parameters: dict[str, Any]
) -> None:
    subject = draft(key_result(text, baseline=baseline))
    assert hits(subject, kind="absence", lacks=["baseline"], **parameters) == []


def test_lexicon_quotes_the_first_word_that_tells() -> None:
    subject = draft(key_result("Significantly better calls, noticeably shorter"))
    [hit] = hits(subject, kind="lexicon", signals=["weasel"])
    assert quoted(subject, hit) == "Significantly"
    measured = draft(key_result("Significantly better: 80% say so"))
    assert hits(measured, kind="lexicon", signals=["weasel"], unless=["measure"]) == []


def test_kind_says_what_the_classifier_said() -> None:
    subject = draft(key_result("Launch the portal", Kind.OUTPUT))
    [hit] = hits(subject, kind="kind", kinds=["output"])
    assert (quoted(subject, hit), hit.source, hit.confidence) == ("Launch the portal", "classifier", 0.9)
    assert hits(subject, kind="kind", kinds=["kpi"]) == []


@pytest.mark.parametrize(
    ("count", "profile", "expected"),
    [(1, "default", (1, 2)), (2, "default", None), (5, "default", None), (6, "default", (6, 5)), (6, "google", None)],
)
def test_count_knows_both_limits_and_those_of_a_profile(
    count: int, profile: str, expected: tuple[int, int] | None
) -> None:
    subject = draft(*[key_result("x")] * count, profile=profile)
    found = hits(subject, Level.SET, kind="count", of="key_results", most=5, least=2, most_in={"google": 7})
    assert [(hit.values["count"], hit.values["limit"]) for hit in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("kinds", "fires"),
    [
        ([Kind.OUTPUT, Kind.OUTPUT], True),
        ([Kind.OUTPUT, Kind.OUTCOME], True),
        ([Kind.OUTPUT, Kind.OUTCOME, Kind.OUTCOME], False),
        ([Kind.OUTPUT], False),
        ([], False),
    ],
)
def test_share_needs_enough_of_enough(kinds: list[Kind], fires: bool) -> None:
    found = hits(
        draft(*(key_result("x", kind) for kind in kinds)), Level.SET, kind="share", kinds=["output"], least=0.5
    )
    assert bool(found) is fires


def test_similarity_names_the_two_that_measure_the_same() -> None:
    texts = ("80% of tenants report damage online", "NPS at 45", "Tenants who report damage online: 80%")
    [hit] = hits(draft(*map(key_result, texts)), Level.SET, kind="similarity", least=0.6)
    assert (hit.values["count"], hit.values["limit"]) == (1, 3)


def test_context_finds_a_copy_of_a_kpi_and_nothing_without_one() -> None:
    subject = key_result("Reduce average complaint handling time")
    with_kpi = draft(subject, context=Context(kpis=("Average complaint handling time",)))
    assert len(hits(with_kpi, kind="context", repeats="kpis")) == 1
    assert hits(draft(subject), kind="context", repeats="kpis") == []
    assert hits(with_kpi, kind="context", repeats="parents") == []


@pytest.mark.parametrize(
    ("text", "fires"),
    [("Customer satisfaction", True), ("Digitalisation", True), ("Tenants report damage online", False), ("NPS 45", False)],
)  # fmt: skip
def test_heading_fires_on_a_bare_topic(text: str, fires: bool) -> None:
    assert bool(hits(draft(objective=text), Level.OBJECTIVE, kind="heading")) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Launch the portal and hire two testers", True),
        ("Raise NPS to 45 and revenue to €3M", True),
        ("Tenants in Bern and Basel book online", False),
        ("Identify and invite five schools", False),
        ("Design and print the report", False),
    ],
)
def test_compound_fires_on_two_results(text: str, fires: bool) -> None:
    assert bool(hits(draft(key_result(text)), kind="compound")) is fires


def test_judge_leaves_everything_to_a_model() -> None:
    assert hits(draft(key_result("Launch the portal and hire two testers")), kind="judge") == []


@pytest.mark.parametrize("kind", ["absence", "lexicon", "compound", "heading"])
def test_a_text_detector_keeps_to_its_level(kind: str) -> None:
    parameters = {"absence": {"lacks": ["placeholder"]}, "lexicon": {"signals": ["metric"]}}.get(kind, {})
    text = "Revenue" if kind == "heading" else "Launch the portal for revenue and hire two testers"
    subject = draft(key_result(text), objective=text)
    for level, expected in ((Level.OBJECTIVE, 1), (Level.KEY_RESULT, 1), (Level.SET, 0), (Level.PROCESS, 0)):
        assert len(hits(subject, level, kind=kind, **parameters)) == expected


def test_a_misspelt_signal_is_named_with_its_pattern() -> None:
    pattern = open_catalog().patterns["no-target"]
    misspelt = pattern.model_copy(update={"detector": DetectorSpec(kind="absence", parameters={"lacks": ["targett"]})})
    with pytest.raises(KnowledgeError, match=r"no-target/pattern.yaml:1: detector: there is no signal 'targett'"):
        build_detectors({"no-target": misspelt})
