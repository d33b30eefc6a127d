"""The articles by theme, as the handbook groups them."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from api.pages.alphabet import alphabetical
from api.pages.written import text_in
from coach.catalog import Article
from coach.language import Language

_FILE = Path(__file__).parent / "themes.yaml"
_REST = "more"


class Theme(NamedTuple):
    """A theme with its articles in alphabetical order."""

    slug: str
    articles: list[Article]


@cache
def _themes_by_topic() -> Mapping[str, str]:
    listed = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {topic: theme for theme, topics in listed.items() for topic in topics}


def theme_of(article: Article) -> str:
    """Return the theme of an article by the first of its topics that belongs to one."""
    by_topic = _themes_by_topic()
    return next((by_topic[topic] for topic in article.topics if topic in by_topic), _REST)


def by_theme(articles: Iterable[Article], language: Language) -> list[Theme]:
    """Return the themes that have articles, in the order of the file."""
    ordered = sorted(articles, key=lambda article: alphabetical(text_in(article.text, language).title))
    themes = dict.fromkeys((*_themes_by_topic().values(), _REST))
    found = (Theme(slug, [article for article in ordered if theme_of(article) == slug]) for slug in themes)
    return [theme for theme in found if theme.articles]
