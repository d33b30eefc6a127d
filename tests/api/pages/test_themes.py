"""The articles by theme."""

from fastapi import FastAPI

from api.pages.themes import by_theme, theme_of
from coach.catalog import Article


def test_every_article_stands_under_one_theme_with_a_name(app: FastAPI) -> None:
    articles = app.state.coach.catalog.articles
    themes = by_theme(articles.values(), "de")
    assert sorted(article.slug for theme in themes for article in theme.articles) == sorted(articles)
    assert "more" not in {theme.slug for theme in themes}


def test_the_first_topic_that_belongs_to_a_theme_decides(app: FastAPI) -> None:
    article: Article = app.state.coach.catalog.articles["kpi-or-key-result"]
    assert theme_of(article) == "measuring"
    assert theme_of(article.model_copy(update={"topics": ("bees", "workshop", "kpi")})) == "workshops"
    assert theme_of(article.model_copy(update={"topics": ("bees",)})) == "more"
