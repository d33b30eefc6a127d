"""The chat models by role, with their fallbacks, as the settings say."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from coach.llm import Door, ModelAddress, Price, Timeouts
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.llm import Budget, ChatModel, Meter

_ELSEWHERE = re.compile(r"(.+)@(https?://.+)")


class Roles(NamedTuple):
    """One model per role; roles may share one."""

    judge: "ChatModel"
    rewrite: "ChatModel"
    chat: "ChatModel"


def open_roles(settings: Settings, *, meter: "Meter | None" = None, budget: "Budget | None" = None) -> Roles | None:
    """Return the models, or None where the settings name none; nothing is asked yet."""
    if settings.llm_model is None:
        return None
    door = Door(memory=settings.home / "cache" / "models.json", meter=meter, budget=budget)

    def opened(own: str | None, fallbacks: Sequence[str] | None) -> "ChatModel":
        chain = settings.llm_fallback_models if fallbacks is None else fallbacks
        return door.open(addresses(settings, own or str(settings.llm_model), chain))

    return Roles(
        judge=opened(settings.llm_judge_model, settings.llm_judge_fallback_models),
        rewrite=opened(settings.llm_rewrite_model, settings.llm_rewrite_fallback_models),
        chat=opened(settings.llm_chat_model, settings.llm_chat_fallback_models),
    )


def addresses(settings: Settings, model: str, fallbacks: Sequence[str]) -> list[ModelAddress]:
    """Return where a model answers, then where its fallbacks do. A key goes to no other address than its own."""
    first = ModelAddress(
        model,
        settings.model_base_url,
        settings.model_key,
        settings.llm_timeout,
        Timeouts(settings.llm_connect_timeout, settings.llm_first_timeout, settings.llm_between_timeout),
        organisation=settings.llm_organisation,
        headers={name: value.get_secret_value() for name, value in settings.llm_headers.items()},
        api_version=settings.llm_api_version,
        price=_price(settings),
        answer_tokens=settings.llm_answer_tokens,
        context_tokens=settings.llm_context_tokens,
    )
    return [first, *(_fallback(named, first, settings) for named in fallbacks)]


def _fallback(named: str, first: ModelAddress, settings: Settings) -> ModelAddress:
    elsewhere = _ELSEWHERE.fullmatch(named)
    if elsewhere is None:
        return first._replace(model=named)
    model, url = elsewhere.groups()
    if urlsplit(url).netloc == urlsplit(first.root).netloc:
        return first._replace(model=model, base_url=url)
    key = settings.llm_fallback_api_key.get_secret_value() if settings.llm_fallback_api_key else None
    return ModelAddress(
        model,
        url,
        key,
        first.timeout,
        first.timeouts,
        price=first.price,
        answer_tokens=first.answer_tokens,
        context_tokens=first.context_tokens,
    )


def _price(settings: Settings) -> Price | None:
    prompt, completion = settings.llm_price_prompt, settings.llm_price_completion
    if prompt is None or completion is None:
        return None
    return Price(prompt, prompt if settings.llm_price_cached is None else settings.llm_price_cached, completion)
