"""Markdown of the knowledge base as HTML: no raw HTML, no images, field terms linked at first use."""

from collections.abc import Callable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from coach.catalog.terms import Terms, pieces

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_CLOSED = {"heading_open", "th_open"}


class Prose:
    """Renders the texts of one page, which share what has been linked already."""

    def __init__(self, terms: Terms, address: Callable[[str], str], definition: Callable[[str], str]) -> None:
        self._terms = terms
        self._address = address
        self._definition = definition
        self._seen: set[str] = set()

    def __call__(self, text: str) -> Markup:
        """Return a Markdown text as HTML."""
        tokens = _MARKDOWN.parse(text)
        for before, token in zip([None, *tokens], tokens, strict=False):
            if token.children and (before is None or before.type not in _CLOSED):
                token.children = list(self._linked(token.children))
        return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 - raw HTML is off

    def _linked(self, tokens: Sequence[Token]) -> Iterator[Token]:
        inside_link = 0
        for token in tokens:
            inside_link += token.nesting if token.type.startswith("link_") else 0
            if token.type != "text" or inside_link:
                yield token
                continue
            for piece in pieces(token.content, self._terms, self._seen):
                if piece.term is not None:
                    slug = piece.term.slug
                    attributes = {"class": "term", "href": self._address(slug), "title": self._definition(slug)}
                    yield from _wrapped("a", piece.text, attributes)
                elif piece.blank:
                    yield from _wrapped("span", piece.text, {"class": "blank"})
                else:
                    yield Token("text", "", 0, content=piece.text)


def _wrapped(tag: str, text: str, attributes: dict[str, str]) -> Iterator[Token]:
    yield Token(f"{tag}_open", tag, 1, attrs=dict(attributes))
    yield Token("text", "", 0, content=text)
    yield Token(f"{tag}_close", tag, -1)


def plain(text: str) -> str:
    """Return a Markdown text without its marks, on one line."""
    inline = (token.children or [] for token in _MARKDOWN.parse(text) if token.type == "inline")
    lines = ("".join(child.content or " " * (child.type == "softbreak") for child in line) for line in inline)
    return " ".join(" ".join(lines).split())


def excerpt(text: str, longest: int) -> str:
    """Return the beginning of a Markdown text, cut between words."""
    whole = plain(text)
    if len(whole) <= longest:
        return whole
    return whole[:longest].rsplit(" ", 1)[0].rstrip(" ,;:–") + " …"
