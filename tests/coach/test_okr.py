"""Drafts as sent: what is accepted, and where exactly something is wrong."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import InputError, Problem
from coach.okr import (
    MAX_KEY_RESULTS,
    MAX_NOTES,
    MAX_OBJECTIVES,
    MAX_TEXT,
    Context,
    Draft,
    KeyResult,
    Objective,
    parse_draft,
    pointer,
)


def problems(body: object) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        parse_draft(body)
    return caught.value.problems


def places(body: object) -> list[tuple[str, str]]:
    """Return pointer and code of every problem."""
    return [(problem.pointer, problem.code) for problem in problems(body)]


FULL: dict[str, Any] = {
    "id": "d-1",
    "language": "de",
    "mode": "rules",
    "profile": "google",
    "rewrite": False,
    "objectives": [
        {
            "id": "o-1",
            "objective": "Anrufer:innen kommen an 🎉",
            "key_results": ["80 % sagen das", {"text": "Wartezeit sinkt", "baseline": "12", "target": "5 Minuten"}],
        }
    ],
    "context": {
        "strategy": {
            "vision": "v",
            "purpose": "p",
            "hed": {"economic_logic": "e", "north_star_metric": "n", "trade_offs": ["a"], "health_metric": "h"},
            "med": {"field": "f", "worthy_rivals": ["r"], "trade_offs": ["a"], "health_metric": "h"},
            "moal": "m",
            "scorecard": [{"perspective": "customer", "goal": "g", "kpis": ["NPS"]}],
            "kpis": ["Sick leave"],
            "cycles": [{"name": "Q1", "focus": "reliability"}],
        },
        "kpis": ["NPS"],
        "parents": [{"objective": "o", "key_results": ["k"]}],
        "notes": "n",
    },
}


def test_a_full_draft_is_kept_as_sent() -> None:
    draft = parse_draft(FULL)
    sent = json.loads(json.dumps(FULL))
    sent["objectives"][0]["key_results"][0] = {"text": "80 % sagen das", "baseline": None, "target": None}
    assert json.loads(draft.model_dump_json()) == sent
    assert parse_draft(json.loads(draft.model_dump_json())) == draft


def test_shorthand_is_a_draft_with_one_objective() -> None:
    draft = parse_draft({"id": "d-1", "objective": "x", "key_results": ["y"], "language": "de", "rewrite": False})
    assert draft == Draft(
        id="d-1",
        language="de",
        rewrite=False,
        objectives=(Objective(objective="x", key_results=(KeyResult(text="y"),)),),
    )
    assert (draft.mode, draft.profile, draft.context) == ("auto", None, Context())


def test_shorthand_gives_its_id_to_the_draft() -> None:
    draft = parse_draft({"id": "line-7", "objective": "x"})
    assert (draft.id, draft.objectives[0].id) == ("line-7", None)


@pytest.mark.parametrize("identifier", ["1", "ä/🎉", " ", "a" * 200])
def test_an_id_is_kept_as_it_is(identifier: str) -> None:
    assert parse_draft({"id": identifier, "objective": "x"}).id == identifier


def test_texts_come_in_reading_order() -> None:
    body = {"objectives": [{"objective": "a", "key_results": ["b", {"text": "c"}]}, {"objective": "d"}]}
    assert parse_draft(body).texts() == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # nothing that could be a draft
        (None, [("", "model_type")]),
        (3, [("", "model_type")]),
        ("x", [("", "model_type")]),
        ([], [("", "model_type")]),
        ({}, [("/objectives", "missing")]),
        ({"objectives": []}, [("/objectives", "too_short")]),
        ({"objectives": "x"}, [("/objectives", "tuple_type")]),
        ({"key_results": ["x"]}, [("/objectives", "missing"), ("/key_results", "extra_forbidden")]),
        ({"objective": "x", "objectives": []}, [("/objectives", "too_short"), ("/objective", "extra_forbidden")]),
        # numbers where texts belong
        ({"objectives": [12]}, [("/objectives/0", "model_type")]),
        ({"objectives": [None, "x"]}, [("/objectives/0", "model_type"), ("/objectives/1", "model_type")]),
        ({"objective": 12}, [("/objective", "string_type")]),
        ({"objective": "x", "key_results": [12]}, [("/key_results/0", "key_result_type")]),
        ({"objective": "x", "key_results": [True, None, []]}, [(f"/key_results/{n}", "key_result_type") for n in range(3)]),
        ({"objective": "x", "key_results": [{"text": 80}]}, [("/key_results/0/text", "string_type")]),
        ({"objective": "x", "key_results": [{"text": "y", "target": 80}]}, [("/key_results/0/target", "string_type")]),
        ({"objective": "x", "key_results": "y"}, [("/key_results", "tuple_type")]),
        ({"objective": "x", "id": 7.5}, [("/id", "string_type")]),
        # empty
        ({"objective": ""}, [("/objective", "value_error")]),
        ({"objective": " \u00a0\n"}, [("/objective", "value_error")]),
        ({"objective": "x", "key_results": ["y", ""]}, [("/key_results/1", "value_error")]),
        ({"objective": "x", "key_results": [{"text": ""}]}, [("/key_results/0/text", "value_error")]),
        ({"objective": "x", "key_results": [{}]}, [("/key_results/0/text", "missing")]),
        # keys that do not exist
        ({"objective": "x", "author": "y"}, [("/author", "extra_forbidden")]),
        ({"objective": "x", "a/b~c": "y"}, [("/a~1b~0c", "extra_forbidden")]),
        ({"objective": "x", "key_results": [{"text": "y", "goal": "z"}]}, [("/key_results/0/goal", "extra_forbidden")]),
        ({"objective": "x", "context": {"kpi": []}}, [("/context/kpi", "extra_forbidden")]),
        ({"objective": "x", "context": {"strategy": {"hed": {"x": 1}}}}, [("/context/strategy/hed/x", "extra_forbidden")]),
        # one of a few words
        ({"objective": "x", "language": "fr"}, [("/language", "literal_error")]),
        ({"objective": "x", "mode": "magic"}, [("/mode", "literal_error")]),
        ({"objective": "x", "rewrite": "maybe"}, [("/rewrite", "bool_parsing")]),
        # not Unicode
        ({"objective": "a\x00b"}, [("/objective", "value_error")]),
        ({"objective": "x", "key_results": ["a\x00b"]}, [("/key_results/0", "value_error")]),
        ({"objective": "x", "id": "\x00"}, [("/id", "value_error")]),
        ({"objective": "x", "context": {"notes": "\x00"}}, [("/context/notes", "value_error")]),
        ({"objective": "a\ud800b"}, [("/objective", "string_unicode")]),
        ({"objective": "x", "key_results": ["\udfff"]}, [("/key_results/0", "string_unicode")]),
        ({"objective": "x", "key_results": [{"text": "\ud83c"}]}, [("/key_results/0/text", "string_unicode")]),
        # limits
        ({"objective": "x" * (MAX_TEXT + 1)}, [("/objective", "string_too_long")]),
        ({"objective": "x", "key_results": ["y" * (MAX_TEXT + 1)]}, [("/key_results/0", "string_too_long")]),
        ({"objective": "x", "key_results": ["y"] * (MAX_KEY_RESULTS + 1)}, [("/key_results", "too_long")]),
        ({"objectives": [{"objective": "x"}] * (MAX_OBJECTIVES + 1)}, [("/objectives", "too_long")]),
        ({"objective": "x", "context": {"notes": "x" * (MAX_NOTES + 1)}}, [("/context/notes", "string_too_long")]),
        ({"objective": "x", "id": "i" * 201}, [("/id", "string_too_long")]),
        ({"objective": "x", "profile": "p" * 101}, [("/profile", "string_too_long")]),
    ],
)  # fmt: skip
def test_each_fault_is_pointed_at_in_the_body_as_it_was_sent(body: object, expected: list[tuple[str, str]]) -> None:
    assert places(body) == expected
    assert all(problem.detail for problem in problems(body))


def test_all_faults_are_named_at_once() -> None:
    body = {
        "objectives": [{"objective": ""}, {"objective": "x", "key_results": [1, "", {"txt": "y"}]}, 3],
        "language": "fr",
        "surprise": 1,
    }
    assert sorted(places(body)) == [
        ("/language", "literal_error"),
        ("/objectives/0/objective", "value_error"),
        ("/objectives/1/key_results/0", "key_result_type"),
        ("/objectives/1/key_results/1", "value_error"),
        ("/objectives/1/key_results/2/text", "missing"),
        ("/objectives/1/key_results/2/txt", "extra_forbidden"),
        ("/objectives/2", "model_type"),
        ("/surprise", "extra_forbidden"),
    ]


def test_the_same_fault_has_the_pointer_of_the_form_it_was_sent_in() -> None:
    objective = {"objective": "x", "key_results": [3]}
    assert places(objective) == [("/key_results/0", "key_result_type")]
    assert places({"objectives": [objective]}) == [("/objectives/0/key_results/0", "key_result_type")]


def test_a_number_as_key_result_is_told_what_to_write_instead() -> None:
    [problem] = problems({"objective": "x", "key_results": [80]})
    assert problem.detail == "must be a text, or an object with a text"


@pytest.mark.parametrize(("text", "detail"), [("", "is empty"), ("\x00", "contains a NUL character")])
def test_what_is_wrong_with_a_text_is_said_plainly(text: str, detail: str) -> None:
    [problem] = problems({"objective": text})
    assert problem.detail == detail


def test_a_key_that_is_no_unicode_is_refused() -> None:
    assert problems({"objective": "x", "\ud800": "y"}) != ()


def test_texts_at_the_limit_are_accepted() -> None:
    body = {
        "objectives": [{"objective": "🎉" * MAX_TEXT, "key_results": ["y"] * MAX_KEY_RESULTS}]
        + [{"objective": "x"}] * (MAX_OBJECTIVES - 1),
        "context": {"notes": "n" * MAX_NOTES},
    }
    assert len(parse_draft(body).objectives) == MAX_OBJECTIVES


def test_a_perspective_is_one_of_four() -> None:
    goal = {"perspective": "people", "goal": "x"}
    body = {"objective": "x", "context": {"strategy": {"scorecard": [goal]}}}
    assert places(body) == [("/context/strategy/scorecard/0/perspective", "literal_error")]


def test_what_was_sent_is_never_changed() -> None:
    body = {"objective": " x\u00ad ", "key_results": ["\ty "]}
    before = json.dumps(body)
    assert parse_draft(body).texts() == (" x\u00ad ", "\ty ")
    assert json.dumps(body) == before


@pytest.mark.parametrize(
    ("location", "expected"),
    [((), ""), (("objectives", 0, "key_results", 2), "/objectives/0/key_results/2"), (("a/b", "c~d"), "/a~1b/c~0d")],
)
def test_a_pointer_follows_rfc_6901(location: tuple[str | int, ...], expected: str) -> None:
    assert pointer(location) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["objective", "objectives", "key_results", "text", "id", "context", "strategy"]) | st.text(max_size=4),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def resolves(body: Any, at: str) -> bool:
    """Whether a pointer leads to something in the body."""
    for part in at.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            body = body[int(key)] if isinstance(body, list) else body[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return False
    return True


@settings(deadline=None)
@given(JSON)
def test_any_json_gives_a_draft_or_problems_that_point_into_it(body: Any) -> None:
    found: tuple[Problem, ...] = ()
    try:
        texts = parse_draft(body).texts()
    except InputError as error:
        found, texts = error.problems, ()
    assert found or all(text.strip() for text in texts)
    for problem in found:
        parent = problem.pointer.rpartition("/")[0]
        assert resolves(body, parent if problem.code == "missing" else problem.pointer)
