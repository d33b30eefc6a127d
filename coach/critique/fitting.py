"""How much a model is told and may answer: less of it where its context is small."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coach.prompting import Message, Prompt

_CHARACTERS_PER_TOKEN = 2.5
_ENTRY = 20
_SHARES = (1.0, 0.6, 0.4, 0.25)


class Fit(NamedTuple):
    """How many entries an answer may have, how many parts each of them, and how long their texts may be."""

    entries: int
    parts: int
    texts: Mapping[str, int]


def fitting(tokens: int | None, entries: int, parts: int, texts: Mapping[str, int], *, frame: int) -> Fit:
    """Return the most whose longest form still fits into an answer of `tokens`; None: all of it.

    `frame`: the tokens around the texts of one part. German takes a token per two or three characters in small models.
    The least is one entry with one part and short texts.
    """
    chosen = Fit(entries, parts, texts)
    if tokens is None:
        return chosen
    for chosen in _smaller(entries, parts, texts):
        characters = sum(chosen.texts.values())
        if chosen.entries * (_ENTRY + chosen.parts * (frame + characters / _CHARACTERS_PER_TOKEN)) <= tokens:
            break
    return chosen


def fitted(
    prompt: Prompt, inputs: Mapping[str, Any], shorter: Iterable[Mapping[str, Any]], tokens: int | None
) -> Sequence[Message]:
    """Return the messages of a prompt, with shorter inputs, one after another, until they fit into `tokens`.

    Where nothing fits, the shortest: what matters stands at its end, and whether it is cut off is the server's to say.
    """
    messages = prompt.render(inputs)
    if tokens is None:
        return messages
    for fewer in shorter:
        if sum(len(message.content) for message in messages) <= tokens * _CHARACTERS_PER_TOKEN:
            break
        inputs = {**inputs, **fewer}
        messages = prompt.render(inputs)
    return messages


def _smaller(entries: int, parts: int, texts: Mapping[str, int]) -> Iterator[Fit]:
    """Yield what fits ever smaller answers: fewer parts, then shorter texts, then fewer entries."""
    for fewer in range(parts, 0, -1):
        yield Fit(entries, fewer, texts)
    for share in _SHARES[1:]:
        shorter = {name: int(length * share) for name, length in texts.items()}
        for fewer in range(entries, 0, -1):
            yield Fit(fewer, 1, shorter)
