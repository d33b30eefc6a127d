"""The works behind source ids."""

from fastapi import FastAPI

from api.pages.cited import Work, works


def test_points_are_gathered_under_their_article_and_books_follow(app: FastAPI) -> None:
    sources = app.state.coach.catalog.sources
    found = works(sources, ["doerr-2018", "B4.1", "A4.1", "A3.1", "A4.1"], "en")
    assert [work.points for work in found] == [("A3.1", "A4.1"), ("B4.1",), ()]
    assert found[2] == Work("John Doerr, Measure What Matters, 2018", ())


def test_an_id_that_no_list_knows_is_left_out(app: FastAPI) -> None:
    assert works(app.state.coach.catalog.sources, ["our-wiki"], "de") == []
