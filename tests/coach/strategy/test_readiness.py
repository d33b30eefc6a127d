"""The self-check: what is low is a stumbling block with a step, what is open stays open."""

import io

import pytest
from docx import Document

from coach.catalog import Catalog
from coach.embedding import BundledEmbedder, can_embed
from coach.errors import InputError
from coach.strategy.drawing import draw_radar
from coach.strategy.readiness import CheckReadiness, ReadinessRequest, items
from coach.strategy.report import as_docx, as_markdown, spokes
from coach.strategy.svg import as_svg


@pytest.fixture(scope="module")
def check(catalog: Catalog) -> CheckReadiness:
    return CheckReadiness(catalog, None)


def sent(**answers: object) -> ReadinessRequest:
    return ReadinessRequest.model_validate({"answers": {name.replace("_", "-"): a for name, a in answers.items()}})


def test_the_items_are_those_of_the_sources_and_their_articles_exist(catalog: Catalog) -> None:
    counts = {group: sum(item.group == group for item in items()) for group in ("question", "factor", "do", "dont")}
    assert counts == {"question": 3, "factor": 6, "do": 4, "dont": 3}
    points = {source for item in items() for source in item.sources}
    assert points <= catalog.sources.ids()
    assert {"A1.3", "A3.1", "A3.6", "A10.1", "A10.7"} <= points
    assert all(article in catalog.articles for item in items() for article in item.articles)


def test_low_answers_are_stumbling_blocks_worst_first_with_steps_by_time(check: CheckReadiness) -> None:
    found = check(sent(culture={"scale": 2}, value={"scale": 1}, reflect={"scale": 4}))
    assert found.blocks == ("value", "culture")
    assert [(step.item, step.when) for step in found.plan] == [("value", "week"), ("culture", "quarter")]
    cited = {citation.id for citation in found.citations}
    for standing in found.standings:
        assert set(standing.citations) <= cited
        if standing.id in found.blocks:
            assert standing.says
            assert standing.citations


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_said_is_nothing_known(check: CheckReadiness, language: str) -> None:
    found = check(ReadinessRequest.model_validate({"language": language}))
    assert {standing.level for standing in found.standings} == {None}
    assert found.plan == ()


def test_an_unknown_item_is_pointed_at(check: CheckReadiness) -> None:
    with pytest.raises(InputError) as raised:
        check(sent(moon={"scale": 1}))
    assert raised.value.problems[0].pointer == "/answers/moon"


def test_words_are_left_open_without_the_model_and_heard_with_it(check: CheckReadiness, catalog: Catalog) -> None:
    request = sent(outcome={"text": "Wir haken Projekte ab"}, reflect={"text": "Alle zwei Wochen reden wir darüber"})
    assert {s.level for s in check(request).standings} == {None}
    if not can_embed():
        pytest.skip("the bundled model does not run here")
    heard = {s.id: s.level for s in CheckReadiness(catalog, BundledEmbedder())(request).standings}
    assert (heard["outcome"], heard["reflect"]) == (2, 4)


def test_it_is_written_as_markdown_word_and_picture_and_words_stay_words(check: CheckReadiness) -> None:
    found = check(sent(value={"scale": 1, "text": "<script>"}, culture={"scale": 2}))
    text = as_markdown(found)
    assert "## Erste Schritte" in text
    assert "<script>" not in text
    document = Document(io.BytesIO(as_docx(found)))
    assert len(document.tables) == 4
    picture = as_svg(draw_radar(spokes(found), title="<&>"))
    assert picture.count("<circle") == len(items())
    assert "&lt;&amp;&gt;" in picture
