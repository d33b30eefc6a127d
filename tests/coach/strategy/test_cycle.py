"""A cycle from draft to adaptation: its stages, its questions, what its course suggests; nobody is graded."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from coach.catalog import Catalog
from coach.critique import Critic
from coach.cycle import CheckIn, Cycle, CycleReview, NewCycle, NextCycle, Retrospective, parse_as
from coach.errors import InputError
from coach.strategy import cycle as steps
from coach.strategy.cycle import Accompany

START = date(2026, 1, 5)
NEW: dict[str, Any] = {
    "name": "Q1",
    "language": "de",
    "starts": "2026-01-05",
    "ends": "2026-04-02",
    "objectives": [{"objective": "Anrufer:innen kommen an", "key_results": ["80 % sagen das (heute 55 %)"]}],
}


@pytest.fixture(scope="module")
def accompany(catalog: Catalog, critic: Critic) -> Accompany:
    return Accompany(catalog, critic)


def begun(**changes: Any) -> Cycle:
    return steps.started(parse_as(NewCycle, {**NEW, **changes}))


def check_in(week: int, confidence: int = 5, **texts: str) -> CheckIn:
    progress = [{"objective": 0, "key_result": 0, "confidence": confidence}]
    return parse_as(CheckIn, {"day": str(START + timedelta(weeks=week)), "progress": progress, **texts})


def test_a_cycle_goes_from_draft_to_the_next_draft(accompany: Accompany) -> None:
    cycle = begun()
    stages = [cycle.stage]
    cycle = steps.agreed(cycle)
    stages.append(cycle.stage)
    cycle = steps.checked_in(cycle, check_in(2, learned="Viele rufen an, weil der Brief unklar ist."))
    figure = {"kpi": "NPS", "before": "31", "after": "38", "experienced": True}
    cycle = steps.reviewed(cycle, parse_as(CycleReview, {"day": "2026-04-01", "figures": [figure]}))
    stages.append(cycle.stage)
    back = {"day": "2026-04-02", "stories": ["Frau K. rief an, um Danke zu sagen."], "adaptations": ["Briefe kürzer"]}
    cycle = steps.reflected(cycle, parse_as(Retrospective, back))
    stages.append(cycle.stage)
    assert stages == ["drafting", "agreed", "reviewed", "reflected"]
    state = accompany(cycle, date(2026, 4, 3))
    assert [mirror.outcome for mirror in state.mirrored] == ["moved"]
    following = steps.followed(cycle, parse_as(NextCycle, {"name": "Q2", "starts": "2026-04-06", "ends": "2026-07-03"}))
    assert (following.stage, following.drafted, following.carried) == ("drafting", cycle.agreed, ("Briefe kürzer",))
    assert "Briefe kürzer" in accompany(following, date(2026, 4, 6)).carried[0]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_stage_asks_questions(accompany: Accompany, language: str) -> None:
    cycle = begun(language=language)
    for step in (
        steps.agreed,
        lambda each: steps.reviewed(each, CycleReview(day=START)),
        lambda each: steps.reflected(each, Retrospective(day=START)),
    ):
        asks = accompany(cycle, START).asks
        assert asks
        assert all(ask.endswith("?") for ask in asks)
        cycle = step(cycle)


def test_steps_out_of_turn_say_which_stage_they_belong_to() -> None:
    cycle = begun()
    with pytest.raises(InputError, match="the cycle is drafting; this belongs to agreed"):
        steps.checked_in(cycle, check_in(1))
    with pytest.raises(InputError, match="reviewed or reflected"):
        steps.reflected(cycle, Retrospective(day=START))
    with pytest.raises(InputError, match="reflected"):
        steps.followed(cycle, NextCycle(name="Q2", starts=START, ends=START + timedelta(days=90)))
    with pytest.raises(InputError, match="no draft"):
        steps.agreed(begun(objectives=[]))
    with pytest.raises(InputError) as raised:
        steps.checked_in(
            steps.agreed(cycle),
            CheckIn.model_validate({"day": START, "progress": [{"objective": 0, "key_result": 7, "confidence": 5}]}),
        )
    assert raised.value.problems[0].pointer == "/progress/0"


@pytest.mark.parametrize("days", [30, 79, 191, 400])
def test_a_cycle_lasts_three_to_six_months(days: int) -> None:
    with pytest.raises(InputError, match="three to six months"):
        begun(ends=str(START + timedelta(days=days)))


@pytest.mark.parametrize("field", ["grade", "score", "bonus", "author", "owner"])
def test_there_is_no_place_for_grades_or_names(field: str) -> None:
    with pytest.raises(ValidationError):
        CheckIn.model_validate({"day": START, field: "x"})
    with pytest.raises(ValidationError):
        Retrospective.model_validate({"day": START, field: "x"})


def patterns(accompany: Accompany, cycle: Cycle, weeks: int) -> set[str]:
    found = accompany(cycle, START + timedelta(weeks=weeks))
    cited = {citation.id for citation in found.citations}
    assert all(finding.question.endswith("?") and set(finding.citations) <= cited for finding in found.findings)
    assert not any("{" in finding.message for finding in found.findings)
    return {finding.pattern for finding in found.findings}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_long_silence_is_asked_about(accompany: Accompany, language: str) -> None:
    cycle = steps.agreed(begun(language=language))
    assert patterns(accompany, cycle, 2) == set()
    assert patterns(accompany, cycle, 6) == {"set-and-forget"}
    heard = steps.checked_in(cycle, check_in(5, story="Eine Anruferin kam sofort durch."))
    assert patterns(accompany, heard, 6) == set()


def test_check_ins_of_figures_alone_are_reporting(accompany: Accompany) -> None:
    cycle = steps.agreed(begun())
    for week in (2, 4):
        cycle = steps.checked_in(cycle, check_in(week))
    assert patterns(accompany, cycle, 5) == {"okr-as-reporting"}


def test_green_outside_and_red_inside_is_asked_about(accompany: Accompany) -> None:
    cycle = steps.agreed(begun())
    for week in (2, 4):
        cycle = steps.checked_in(cycle, check_in(week, 9, learned="Alle Anrufe kamen durch."))
    figure = {"kpi": "NPS", "before": "31", "after": "28", "experienced": False}
    review = parse_as(CycleReview, {"day": "2026-04-01", "figures": [figure]})
    assert "watermelon" in patterns(accompany, steps.reviewed(cycle, review), 13)


@pytest.mark.parametrize(
    ("language", "text", "pattern"),
    [
        ("de", "Der Bonus hängt jetzt an der Erreichung der Key Results.", "tied-to-pay"),
        ("en", "Our bonus depends on how many key results we hit.", "tied-to-pay"),
        (
            "de",
            "Beim Review wurde wieder gefragt, wer schuld ist, und alle haben sich gerechtfertigt.",
            "blame-culture",
        ),
        (
            "en",
            "The review turned into a hunt for whose fault it was, so nobody admits mistakes any more.",
            "blame-culture",
        ),
    ],
)
def test_what_is_written_is_heard(accompany: Accompany, language: str, text: str, pattern: str) -> None:
    cycle = steps.checked_in(steps.agreed(begun(language=language)), check_in(2, learned=text))
    assert pattern in patterns(accompany, cycle, 3)


@pytest.mark.parametrize("place", ["check_in", "retrospective"])
def test_what_customers_tell_says_nothing_about_the_process(accompany: Accompany, place: str) -> None:
    story = "Der Chef hat dem Kunden die Prämie gestrichen, weil das Ziel verfehlt wurde."
    cycle = steps.agreed(begun())
    assert patterns(accompany, steps.checked_in(cycle, check_in(2, learned=story)), 3)
    if place == "check_in":
        cycle = steps.checked_in(cycle, check_in(2, story=story))
    else:
        cycle = steps.checked_in(cycle, check_in(2, learned="Der Brief ist zu lang."))
        cycle = steps.reviewed(cycle, parse_as(CycleReview, {"day": "2026-04-01"}))
        cycle = steps.reflected(cycle, parse_as(Retrospective, {"day": "2026-04-02", "stories": [story]}))
    assert patterns(accompany, cycle, 3) == set()
