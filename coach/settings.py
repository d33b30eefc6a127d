"""The settings, from environment and an optional TOML file; the only reader of the environment."""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from coach.errors import SettingsError
from coach.okr import Strict

_PREFIX = "OKR_COACH_"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(Strict):
    """Every setting, with what it is for. A model is used only where `llm_model` is set."""

    home: Path = Field(default=Path.home() / ".okr-coach", description="everything that is written lies there")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: SQLite under home")
    host: str = Field(default="127.0.0.1", description="address to listen on; other than loopback needs an API key")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8321, description="port to listen on")
    llm_model: str | None = Field(default=None, description="name of the chat model; unset: no model, no network")
    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible address")
    llm_api_key: SecretStr | None = Field(default=None, description="key for that address")
    llm_judge_model: str | None = Field(default=None, description="another model for judging")
    llm_rewrite_model: str | None = Field(default=None, description="another model for rewriting")
    llm_chat_model: str | None = Field(default=None, description="another model for chat")
    llm_fallback_models: tuple[str, ...] = Field(
        default=(), description="asked in order when the model is unavailable: MODEL or MODEL@URL, separated by commas"
    )
    llm_judge_fallback_models: tuple[str, ...] | None = Field(
        default=None, description="those for judging; unset: llm_fallback_models; empty: none"
    )
    llm_rewrite_fallback_models: tuple[str, ...] | None = Field(
        default=None, description="those for rewriting; unset: llm_fallback_models; empty: none"
    )
    llm_chat_fallback_models: tuple[str, ...] | None = Field(
        default=None, description="those for chat; unset: llm_fallback_models; empty: none"
    )
    llm_fallback_api_key: SecretStr | None = Field(
        default=None, description="key for fallbacks at another address; the key above is never sent there"
    )
    llm_organisation: str | None = Field(default=None, description="organisation, where the provider asks for one")
    llm_headers: dict[str, SecretStr] = Field(default_factory=dict, description="further headers, as a JSON object")
    llm_api_version: str | None = Field(default=None, description="Azure OpenAI's api-version; set: Azure's addresses")
    llm_timeout: Annotated[float, Field(gt=0, le=600)] = Field(
        default=60.0, description="seconds for all attempts of a request"
    )
    llm_answer_tokens: Annotated[int, Field(ge=100)] | None = Field(
        default=None, description="what one answer of judging or rewriting may hold; for slow models that do not end"
    )
    llm_context_tokens: Annotated[int, Field(ge=2048)] | None = Field(
        default=None, description="what prompt and answer together may hold; unset: about 12,000 are taken for granted"
    )
    llm_connect_timeout: Annotated[float, Field(gt=0, le=600)] = Field(default=5.0, description="seconds to connect")
    llm_first_timeout: Annotated[float, Field(gt=0, le=600)] = Field(
        default=30.0, description="seconds until a streamed answer begins"
    )
    llm_between_timeout: Annotated[float, Field(gt=0, le=600)] = Field(
        default=20.0, description="seconds that a streamed answer may pause"
    )
    llm_price_prompt: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="money per million tokens of the prompt"
    )
    llm_price_cached: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="money per million cached tokens of the prompt; unset: as the others"
    )
    llm_price_completion: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="money per million tokens of answers"
    )
    llm_budget_tokens: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="tokens per day (UTC) and tenant; beyond them the rules work alone"
    )
    llm_budget_cost: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="money per day (UTC) and tenant; needs the prices"
    )
    llm_keep_hours: Annotated[float, Field(ge=0, le=8760)] = Field(
        default=168.0, description="how long answers are kept, so that an exact repeat asks nothing; 0: not at all"
    )
    embedding_base_url: str | None = Field(
        default=None, description="OpenAI-compatible embedding address; unset: the bundled model"
    )
    embedding_model: str | None = Field(default=None, description="embedding model there")
    embedding_api_key: SecretStr | None = Field(default=None, description="key for that address")
    knowledge_dirs: tuple[Path, ...] = Field(
        default=(), description="folders with own knowledge, laid out like knowledge/; DIR/tenants/NAME for one tenant"
    )
    profile: str = Field(default="default", description="default | google | lenient")
    language: Literal["auto", "de", "en"] = Field(default="auto", description="language where a draft says none")

    @field_validator("knowledge_dirs", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator(
        "llm_fallback_models",
        "llm_judge_fallback_models",
        "llm_rewrite_fallback_models",
        "llm_chat_fallback_models",
        mode="before",
    )
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("llm_headers", mode="before")
    @classmethod
    def _object(cls, value: Any) -> Any:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            raise ValueError("must be a JSON object of names and values") from error

    @model_validator(mode="after")
    def _prices_complete(self) -> Self:
        if (self.llm_price_prompt is None) != (self.llm_price_completion is None):
            raise ValueError("llm_price_prompt and llm_price_completion are set together or not at all")
        if self.llm_budget_cost is not None and self.llm_price_prompt is None:
            raise ValueError("llm_budget_cost needs llm_price_prompt and llm_price_completion")
        return self

    @model_validator(mode="after")
    def _embedding_complete(self) -> Self:
        if bool(self.embedding_base_url) != bool(self.embedding_model):
            raise ValueError("embedding_base_url and embedding_model are set together or not at all")
        return self

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.own_database}"

    @property
    def own_database(self) -> Path:
        """The database's file where no URL names another."""
        return self.home / "okr-coach.db"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in _LOOPBACK

    @property
    def model_key(self) -> str | None:
        """The key for the chat model; OPENAI_API_KEY serves where ours is unset."""
        return self.llm_api_key.get_secret_value() if self.llm_api_key else os.environ.get("OPENAI_API_KEY")

    @property
    def model_base_url(self) -> str | None:
        """The chat model's address; OPENAI_BASE_URL serves where ours is unset."""
        return self.llm_base_url or os.environ.get("OPENAI_BASE_URL")


Origin = Literal["default", "file", "environment"]


def read_settings(config: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings: environment over file over defaults; `overrides` over all."""
    try:
        return Settings.model_validate({**_in_file(config), **_in_environment(), **overrides})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "settings"
        raise SettingsError(f"{_PREFIX}{name.upper()}: {first['msg'].removeprefix('Value error, ')}") from error


def origins(config: Path | None = None) -> Mapping[str, Origin]:
    """Return where each setting comes from."""
    found: dict[str, Origin] = dict.fromkeys(Settings.model_fields, "default")
    found |= dict.fromkeys(_in_file(config), "file")
    found |= dict.fromkeys(_in_environment(), "environment")
    return found


def _in_file(config: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text(encoding="utf-8")) if config else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{config}: {error}") from error


def _in_environment() -> dict[str, str]:
    return {
        name: os.environ[key] for name in Settings.model_fields if (key := f"{_PREFIX}{name.upper()}") in os.environ
    }
