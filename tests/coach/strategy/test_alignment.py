"""Links, loose ends, copies, trade-offs turned round; and what always holds, whatever the frame."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.catalog import Catalog
from coach.embedding import BundledEmbedder, can_embed
from coach.kinds import open_classifier
from coach.okr import Draft, ParentOKR, Strategy, parse_draft
from coach.strategy.aligned import Alignment
from coach.strategy.alignment import Align
from coach.strategy.likeness import alike
from coach.strategy.map import StrategyMap, map_of
from evals.frames import LabelledFrame, read_frames

FRAMES = [frame for language in ("de", "en") for frame in read_frames(language) if not frame.later]


@pytest.fixture(scope="module")
def by_words(catalog: Catalog) -> Align:
    return Align(catalog, open_classifier(None), None)


@pytest.fixture(scope="module")
def by_meaning(catalog: Catalog) -> Align:
    if not can_embed():
        pytest.skip("the bundled model does not run here")
    return Align(catalog, open_classifier(None), BundledEmbedder())


def drawn(draft: Draft, found: Alignment) -> StrategyMap:
    return map_of(draft, found)


def test_words_of_one_kind_are_alike_and_others_are_not() -> None:
    assert alike("reparatur", "reparaturen")
    assert alike("heizkostenabrechnung", "abrechnung")
    assert not alike("zeit", "zeitung")
    assert not alike("nps", "nab")


@pytest.mark.parametrize("frame", [FRAMES[6], FRAMES[16]], ids=lambda frame: frame.organisation)
def test_quotes_stand_on_both_sides(by_meaning: Align, frame: LabelledFrame) -> None:
    found = by_meaning(frame.draft())
    elements = {element.at: element for element in found.elements}
    links = [(text, link) for text in found.texts for link in text.links]
    assert len(links) > 8
    assert found.by == "meaning"
    for text, link in links:
        assert text.text[link.said.start : link.said.end] == link.said.text
        assert link.asked.text in elements[link.element].parts
        assert link.said.text in link.why
        assert list(text.links) == sorted(text.links, key=lambda each: -each.strength)
    served = {link.element for _, link in links}
    assert {gap.element for gap in found.unserved} == set(elements) - served


DRAFT: dict[str, Any] = {
    "language": "de",
    "objectives": [
        {
            "objective": "Klient:innen sehen vertraute Gesichter",
            "key_results": [
                "Pünktlichkeit der Touren auf 95 % steigern",
                "Touren werden voll, auch wenn die Bezugspflege dafür leidet",
            ],
        },
        {"objective": "Die Kantine wird vegan", "key_results": ["Umsatz der Kantine +12 %"]},
    ],
    "context": {
        "strategy": {
            "moal": "Töchter sagen: Ich kann nachts wieder schlafen.",
            "hed": {"trade_offs": ["Bezugspflege vor Auslastung der Touren"]},
            "scorecard": [
                {"perspective": "customer", "goal": "Klient:innen sehen vertraute Gesichter"},
                {"perspective": "process", "goal": "Zugesagte Zeiten gelten", "kpis": ["Pünktlichkeit der Touren"]},
            ],
        }
    },
}


def test_what_hangs_in_the_air_is_asked_about_and_cited(by_words: Align) -> None:
    found = by_words(parse_draft(DRAFT))
    patterns = {text.at: [finding.pattern for finding in text.findings] for text in found.texts}
    assert patterns == {
        "/objectives/0/objective": [],
        "/objectives/0/key_results/0": ["kpi-as-key-result"],
        "/objectives/0/key_results/1": [],
        "/objectives/1/objective": ["no-strategy-link"],
        "/objectives/1/key_results/0": ["strategy-by-spreadsheet"],
    }
    cited = {citation.id for citation in found.citations}
    assert all(set(finding.citations) <= cited for text in found.texts for finding in text.findings)
    assert [conflict.at for conflict in found.conflicts] == ["/objectives/0/key_results/1"]
    assert found.conflicts[0].question.endswith("?")


def test_a_copy_of_the_parents_key_result_is_said(by_words: Align) -> None:
    draft = parse_draft(DRAFT)
    parent = ParentOKR(objective="Ganz anderes", key_results=("Klient:innen sehen vertraute Gesichter",))
    context = draft.context.model_copy(update={"parents": (parent,)})
    found = by_words(draft.model_copy(update={"context": context}))
    assert "top-down-cascade" in [finding.pattern for finding in found.texts[0].findings]


def test_without_a_frame_nothing_is_faulted_and_the_picture_is_asked_for(by_words: Align) -> None:
    found = by_words(parse_draft({"language": "en", "objective": "Callers are helped", "key_results": ["Revenue +5%"]}))
    assert [text.findings for text in found.texts] == [(), ()]
    assert (found.summary.elements, found.unserved) == (0, ())
    assert found.message.endswith("?")


@pytest.mark.parametrize("frame", FRAMES[::4], ids=lambda frame: frame.organisation)
def test_every_key_result_stands_in_the_map_exactly_once(by_words: Align, frame: LabelledFrame) -> None:
    draft = frame.draft()
    picture = drawn(draft, by_words(draft))
    roots = [root for root in (picture.frame, picture.unlinked) if root]
    texts = [node.at for root in roots for _, node in root.walk() if node.kind in {"objective", "key_result"}]
    wanted = [text.at for text in by_words(draft).texts]
    assert sorted(texts) == sorted(wanted)


TEXTS = st.sampled_from([text.text for frame in FRAMES[:10] for text in frame.texts()]) | st.text(
    st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=60
).filter(lambda text: text.strip() != "")
OBJECTIVES = st.lists(
    st.fixed_dictionaries({"objective": TEXTS, "key_results": st.lists(TEXTS, max_size=3)}), min_size=1, max_size=3
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objectives=OBJECTIVES, frame=st.sampled_from(FRAMES[:10]))
def test_the_map_holds_every_text_once_whatever_it_says(
    by_words: Align, objectives: list[dict[str, Any]], frame: LabelledFrame
) -> None:
    strategy = frame.strategy.model_dump(exclude_none=True)
    draft = parse_draft({"language": "de", "objectives": objectives, "context": {"strategy": strategy}})
    picture = drawn(draft, by_words(draft))
    texts = [
        node.at
        for root in (picture.frame, picture.unlinked)
        if root
        for _, node in root.walk()
        if node.kind in {"objective", "key_result"}
    ]
    assert len(texts) == len(set(texts)) == len(draft.texts())


def without(strategy: Strategy, at: str) -> Strategy:
    """Return a frame without the element at a place."""
    content = strategy.model_dump(mode="json", exclude_none=True)
    parts = at.strip("/").split("/")
    if parts[0] == "scorecard":
        content["scorecard"].pop(int(parts[1]))
    elif len(parts) == 2:
        content[parts[0]].pop(parts[1])
    else:
        content.pop(parts[0])
    return Strategy.model_validate(content)


@pytest.mark.parametrize("frame", [FRAMES[7], FRAMES[18]], ids=lambda frame: frame.organisation)
def test_removing_an_element_never_raises_alignment(by_meaning: Align, by_words: Align, frame: LabelledFrame) -> None:
    draft = frame.draft()
    for align in (by_words, by_meaning):
        whole = align(draft)
        places = [element.at for element in whole.elements]
        for place in places if align is by_words else places[::4]:
            strategy = without(frame.strategy, place)
            context = draft.context.model_copy(update={"strategy": strategy})
            less = align(draft.model_copy(update={"context": context}))
            assert less.summary.served <= whole.summary.served
            kept = {element.text for element in less.elements}
            texts = {element.at: element.text for element in whole.elements}
            for before, after in zip(whole.texts, less.texts, strict=True):
                strengths = sorted(
                    (link.strength for link in before.links if texts[link.element] in kept), reverse=True
                )
                assert [link.strength for link in after.links] == pytest.approx(strengths, abs=0.002)
