"""Reads the text out of a streamed answer: server-sent events of the chat completions protocol, as lean as can be."""

import json
from collections.abc import Iterator
from typing import Any

from coach.errors import ModelError, ModelOutputInvalid, ModelUnavailable
from coach.usage import Usage

_LONGEST_LINE = 1_000_000
_LONGEST_TEXT = 100_000
FINISHED = frozenset({"stop", "tool_calls", "function_call", "eos"})
CUT = "the answer ended with length"
_FILTERED = "content_filter"
_LENGTH = "length"
_DECODER = json.JSONDecoder()


class DeltaReader:
    """Takes a response's bytes as they come and yields text; `check` says at the end whether it was a whole answer."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self.usage: Usage | None = None
        self.done = False
        self.events = 0
        self.length = 0
        self._rest = b""
        self._refused = False
        self._error_event = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the texts that a chunk completes; raise the ModelError that an event means."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > _LONGEST_LINE:
            raise _malformed("an event is too long")
        for line in lines:
            if line.startswith(b"data:"):
                text = self._event(line[5:].strip())
                if text:
                    self.length += len(text)
                    if self.length > _LONGEST_TEXT:
                        raise ModelOutputInvalid("endless", "the answer does not end")
                    yield text
            elif line.startswith(b"event:"):
                self._error_event = line[6:].strip() == b"error"

    def bundled(self, chunk: bytes) -> Iterator[str]:
        """Yield the texts of a chunk as one, and raise after it what an event means."""
        texts: list[str] = []
        try:
            for text in self.feed(chunk):
                texts.append(text)
        except ModelError:
            if texts:
                yield "".join(texts)
            raise
        if texts:
            yield "".join(texts)

    def check(self) -> None:
        """Raise ModelOutputInvalid where the stream has ended and the answer has not."""
        if self._refused:
            raise ModelOutputInvalid("refusal", "the model refused")
        check_finish(self.finish)
        if not self.length:
            raise ModelOutputInvalid("empty", "the answer is empty")

    def _event(self, payload: bytes) -> str:
        if payload == b"[DONE]":
            self.done = True
            return ""
        try:
            event = _DECODER.raw_decode(payload.decode())[0]
            if self._error_event or event.get("error"):
                raise error_in(event)
            if event.get("usage"):
                self.usage = usage_in(event["usage"])
            choices = event["choices"]
            if not len(choices):
                return ""
            choice = choices[0]
            delta = choice.get("delta") or {}
            content = delta.get("content")
            if choice.get("finish_reason"):
                self.finish = choice["finish_reason"]
            if delta.get("refusal"):
                self._refused = True
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise _malformed(type(error).__name__) from error
        if content is None:
            self.events += len(delta) > 1 or self.finish is not None
            return ""
        self.events += 1
        return content if type(content) is str else text_in(content)


def text_in(content: Any) -> str:
    """Return the text of a content that comes as parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    raise _malformed("content")


def whole_answer(body: bytes, reader: DeltaReader) -> str:
    """Return the text of an answer that came in one piece although a stream was asked for."""
    try:
        answer = json.loads(body)
        if answer.get("error"):
            raise error_in(answer)
        choice = answer["choices"][0]
        reader.finish = choice.get("finish_reason")
        reader.usage = usage_in(answer["usage"]) if answer.get("usage") else None
        text = text_in(choice["message"].get("content"))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise _malformed(type(error).__name__) from error
    reader.length = len(text)
    return text


def check_finish(reason: str | None) -> None:
    """Raise ModelOutputInvalid for every end but a proper one."""
    if reason == _FILTERED:
        raise ModelOutputInvalid("refusal", "the provider's filter stopped the answer")
    if reason == _LENGTH:
        raise ModelOutputInvalid("unfinished", CUT)
    if reason not in FINISHED:
        raise ModelOutputInvalid("unfinished", f"the answer ended with {reason or 'no finish_reason'}")


def usage_in(counts: Any) -> Usage:
    """Return the tokens that a provider counted; numbers that are none count as 0."""
    details = counts.get("prompt_tokens_details") or {}
    prompt, completion, cached = (
        value if isinstance(value, int) and value > 0 else 0
        for value in (counts.get("prompt_tokens"), counts.get("completion_tokens"), details.get("cached_tokens"))
    )
    return Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=min(cached, prompt))


def error_in(event: Any) -> ModelError:
    """Return the failure that an error event means; its words stay out, they may quote the prompt."""
    error = event.get("error") or event
    kind = f"{error.get('code')} {error.get('type')}" if isinstance(error, dict) else str(error)
    if "content" in kind and "filter" in kind:
        return ModelOutputInvalid("refusal", "the provider's filter stopped the answer")
    return ModelUnavailable("error-event", "the model's address broke off with an error")


def _malformed(what: str) -> ModelOutputInvalid:
    return ModelOutputInvalid("malformed", f"the answer is not what the protocol says ({what})")
