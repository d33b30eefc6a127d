"""A talk as its page shows it: turns with their sources, the draft with its findings, what is offered."""

from collections.abc import Callable
from typing import NamedTuple

from api.pages.marked import MarkedReview, marked_review
from api.pages.texts import say, texts_in
from api.pages.visit import Visit
from coach.chat.edits import labels
from coach.chat.formal import formal
from coach.chat.words import words_in
from coach.conversation import Conversation, Option, Proposal, Turn
from coach.formats.talk import write_draft
from coach.okr import Strategy
from coach.review import Citation
from coach.strategy.words import say as strategy_say

_PAGES = {"article": "/handbook/", "pattern": "/patterns/"}
_LISTS = {"transformation": "/handbook/transformations", "glossary": "/handbook/glossary"}


class Source(NamedTuple):
    """A passage that a turn rests on: its heading and where it can be read."""

    heading: str
    address: str
    language: str


class ShownTurn(NamedTuple):
    """A turn with its sources."""

    turn: Turn
    sources: list[Source]


class Offered(NamedTuple):
    """An option with the element that it changes, and where its words come from."""

    option: Option
    about: str
    origin: str


class ShownDraft(NamedTuple):
    """The draft as it stands: reviewed, as Markdown, with what is offered and whether something can be undone."""

    marked: MarkedReview | None
    markdown: str
    proposal: Proposal | None
    offered: list[Offered]
    undo: bool


def shown_turn(turn: Turn, visit: Visit) -> ShownTurn:
    """Return a turn as the page shows it."""
    return ShownTurn(turn, [_source(citation, visit) for citation in turn.reply.citations])


def shown_draft(conversation: Conversation) -> ShownDraft:
    """Return the draft of a conversation as the page shows it."""
    version, review = conversation.version, conversation.review
    return ShownDraft(
        marked_review(review) if review and conversation.draft.objectives else None,
        write_draft(conversation.draft),
        conversation.memory.proposal,
        _offered(conversation),
        version is not None and version.parent is not None,
    )


def shown_context(conversation: Conversation, visit: Visit) -> list[tuple[str, list[str]]]:
    """Return what the coach knew before the talk began: by title, each row a text; empty parts are left out."""
    context, language = conversation.context, visit.language
    strategy = context.strategy or Strategy()
    frame = [("purpose", strategy.purpose), ("vision", strategy.vision), ("moal", strategy.moal)]
    frame += [("goal", each.goal) for each in strategy.scorecard]
    rows = [f"{strategy_say(language, f'layers.{layer}')}: {text}" for layer, text in frame if text]
    parents = [": ".join([each.objective, " · ".join(each.key_results)]).removesuffix(": ") for each in context.parents]
    parts = [
        (say(language, "chat.knows_frame"), rows),
        (say(language, "chat.knows_parents"), parents),
        (say(language, "chat.knows_notes"), [context.notes] if context.notes else []),
    ]
    return [(title, told) for title, told in parts if told]


def say_to(conversation: Conversation, visit: Visit) -> Callable[..., str]:
    """Return what says the texts of a page about a conversation: in German to people addressed as it is set."""
    texts = texts_in(visit.language)

    def said(key: str, **values: object) -> str:
        if visit.language != "de" or conversation.address == "du":
            return say(visit.language, key, **values)
        own = f"{key}_sie"
        return say(visit.language, own, **values) if own in texts else formal(say(visit.language, key, **values))

    return said


def _offered(conversation: Conversation) -> list[Offered]:
    proposal = conversation.memory.proposal
    words = words_in(conversation.language, conversation.address)
    names = labels(conversation.draft, words)
    return [
        Offered(
            option,
            " · ".join(names.get(edit.element, words.say("about_new")) for edit in option.edits),
            _origin(option),
        )
        for option in (proposal.options if proposal else ())
    ]


def _origin(option: Option) -> str:
    blank = option.status == "scaffold" or any(edit.placeholders for edit in option.edits)
    return "scaffold" if blank and option.source != "model" else option.source


def _source(citation: Citation, visit: Visit) -> Source:
    anchor = citation.id.rpartition("/")[2]
    if citation.type in _PAGES:
        address = visit.link(_PAGES[citation.type] + citation.slug, anchor, citation.language)
    else:
        address = visit.link(_LISTS[citation.type], citation.slug, citation.language)
    return Source(citation.heading, address, citation.language)
