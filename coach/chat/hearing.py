"""Hearing: what a message is. Decided by words and by the shape of the text; no model is asked."""

import re
from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz.distance import OSA

from coach.chat.tongue import language_of
from coach.chat.words import Words, words_in
from coach.conversation import Conversation, Message, TurnKind
from coach.errors import InputError, Problem
from coach.formats.pasted import LABEL, Pasted, parse_pasted
from coach.language import LANGUAGES, Language, likelier_language
from coach.learned.heads import Form

_SHORT = 14
_FEW = 2
_ENOUGH = 3
_FEW_ORDERED = 4
_LONG = 5
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_LIKELY = 0.5


class Heard(NamedTuple):
    """What a message was taken for. `keep`: a refusal that means "leave it as it is"; `about`: which
    boundary, or which language."""

    kind: TurnKind
    pasted: Pasted | None = None
    option: int = 0
    keep: bool = False
    about: str = ""


def understand(
    conversation: Conversation, message: Message, form: Callable[[str, Language], Form | None]
) -> tuple[Heard, Language]:
    """Return what a message is and its language; raise InputError for one without text and action."""
    language = conversation.language
    if message.action is not None:
        kind = {"accept": TurnKind.ACCEPT, "reject": TurnKind.REJECT, "undo": TurnKind.UNDO}
        heard = Heard(kind.get(message.action.do, TurnKind(message.action.do)), option=message.action.option)
        return heard, message.action.language or language
    if not message.text.strip():
        raise InputError([Problem("/text", "is empty, and there is no action", "empty-message")])
    fixed = conversation.language_fixed
    guessed = language
    if not fixed:
        first = conversation.turns == 0
        guessed = _first(message.text, language) if first else language_of(message.text, language)
    words = words_in(guessed, conversation.address)
    heard = hear(message.text, conversation, words, lambda text: form(text, guessed))
    if heard.kind == TurnKind.LANGUAGE:
        return heard, "en" if heard.about == "en" else "de"
    return heard, guessed


def hear(text: str, conversation: Conversation, words: Words, form: Callable[[str], Form | None]) -> Heard:
    """Return what a message is; `form` says how likely it is a draft, a question or neither, where that is known."""
    memory = conversation.memory
    short = len(text.split()) <= _SHORT
    spoken = text.strip()
    waiting = memory.pending is not None or memory.proposal is not None
    ordered = _meant(spoken, words) if waiting else spoken
    if short and (command := _command(ordered, conversation, words)) is not None:
        return command
    pasted = parse_pasted(words.patterns["opener"].sub("", spoken, count=1))
    size = sum(bool(o.objective) + len(o.key_results) for o in pasted.objectives)
    if words.has("override", spoken) and not (pasted.shaped and size > 1):
        return Heard(TurnKind.OVERRIDE)
    if pasted.shaped and (size > 1 or _labelled(spoken)):
        return Heard(TurnKind.DRAFT, pasted)
    if words.has("pay", spoken) and (words.has("refers_pay", spoken) or spoken.endswith("?")):
        return Heard(TurnKind.BOUNDARY, about="pay")
    if words.has("person", spoken):
        return Heard(TurnKind.BOUNDARY, about="person")
    rewrite = short and words.has("rewrite", ordered)
    if words.has("corrects", spoken) and (waiting or memory.known) and not rewrite:
        return Heard(TurnKind.ANSWER)
    if waiting and short and words.has("clarify", spoken):
        return Heard(TurnKind.QUESTION, about="clarify")
    if words.has("off_topic", spoken) and (words.has("request", spoken) or spoken.endswith("?")):
        return Heard(TurnKind.OFF_TOPIC)
    if words.has("about_coach", spoken) and short:
        return Heard(TurnKind.COURTESY, about="hello")
    tongues = [words, *(words_in(other) for other in LANGUAGES if other != words.language)]
    if short and any(each.has("rewrite", ordered) for each in tongues):
        return Heard(TurnKind.REWRITE)
    if short and any(each.has("looks_good", ordered) for each in tongues):
        return Heard(TurnKind.LOOKS_GOOD)
    if _asks(spoken, words, waiting=waiting):
        return Heard(TurnKind.QUESTION)
    if waiting:
        return Heard(TurnKind.ANSWER)
    if not conversation.draft.objectives:
        return Heard(TurnKind.DRAFT, pasted)
    if len(spoken.split()) <= _FEW and not pasted.shaped:
        return Heard(TurnKind.DRAFT, pasted)
    found = form(spoken)
    if found is not None and found.asked >= _LIKELY:
        return Heard(TurnKind.QUESTION)
    if found is not None and found.aside >= _LIKELY:
        return Heard(TurnKind.OFF_TOPIC)
    return Heard(TurnKind.DRAFT, pasted)


def _meant(text: str, words: Words) -> str:
    """Return a few words with those that are one slip away from the words of an order as these."""
    if len(text.split()) > _FEW_ORDERED:
        return text

    def mended(match: re.Match[str]) -> str:
        word = match[0].lower()
        near = (order for order in words.orders if OSA.distance(word, order, score_cutoff=1) == 1)
        return match[0] if len(word) < _LONG or word in words.orders else next(near, match[0])

    return re.sub(r"\w+", mended, text)


def _first(text: str, default: Language) -> Language:
    """Return the language of the first message; two words of anything say little, a greeting says it."""
    greeted = next((language for language in LANGUAGES if words_in(language).is_all("hello", text)), None)
    few = len(text.split()) < _ENOUGH
    return greeted or (default if few else likelier_language(text))


def _command(text: str, conversation: Conversation, words: Words) -> Heard | None:
    """Return what a short message orders, in either language."""
    found = (_order(text, conversation, words_in(language)) for language in (words.language, *LANGUAGES))
    return next((heard for heard in found if heard is not None), None)


def _order(text: str, conversation: Conversation, words: Words) -> Heard | None:
    memory = conversation.memory
    if words.is_all("undo", text):
        return Heard(TurnKind.UNDO)
    if words.is_all("redo", text):
        return Heard(TurnKind.UNDO, about="redo")
    if words.has("switch", text):
        return Heard(TurnKind.LANGUAGE, about=next(other for other in LANGUAGES if other != words.language))
    bare = text.strip(" .!,")
    if memory.proposal is not None:
        second = len(memory.proposal.options) > 1 and words.has("second", bare) and len(bare.split()) <= 5
        if words.is_all("accept", bare) or bare in {"1", "2"} or second:
            return Heard(TurnKind.ACCEPT, option=int(second))
        if words.is_all("reject", bare):
            return Heard(TurnKind.REJECT)
    if words.is_all("keep", bare) and (memory.pending or memory.proposal):
        return Heard(TurnKind.REJECT, keep=True)
    if words.is_all("keep", bare) and conversation.draft.objectives:
        return Heard(TurnKind.LOOKS_GOOD)
    if words.is_all("hello", bare):
        return Heard(TurnKind.COURTESY, about="hello")
    if words.is_all("thanks", bare):
        return Heard(TurnKind.COURTESY, about="thanks")
    if words.is_all("accept", bare) and memory.pending is None and conversation.draft.objectives:
        return Heard(TurnKind.LOOKS_GOOD)
    return None


def _labelled(text: str) -> bool:
    return LABEL.match(text) is not None


def _asks(text: str, words: Words, *, waiting: bool) -> bool:
    if not waiting:
        return text.endswith("?") or words.has("defines", text)
    inner = words.patterns["asks_lead"].sub("", text)
    asked = [sentence for sentence in _SENTENCES.split(inner) if sentence.endswith("?")]
    begins = words.patterns["question_start"]
    return words.has("defines", inner) or any(
        begins.match(sentence) for sentence in asked if inner.startswith(sentence) or inner.endswith(sentence)
    )
