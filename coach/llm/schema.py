"""The JSON schema that goes out, and the JSON that comes back."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from coach.errors import ModelOutputInvalid

Shape = TypeVar("Shape", bound=BaseModel)

NO_JSON = "the answer holds no JSON object"
_DECODER = json.JSONDecoder()
_MOST_STARTS = 50
_SHORTER = 0.4


class Bounds(NamedTuple):
    """What a schema says beyond the shape, by the name of a property: the values that there are, and how many.

    `at_most`: entries of a list, characters of a text; under `name[]`, characters of each text in a list. `share`:
    how much of these characters. A model that is held to them says only what is known, and ends.
    """

    one_of: Mapping[str, Sequence[str]] = {}
    at_most: Mapping[str, int] = {}
    share: float = 1.0

    def shorter(self) -> "Bounds":
        """Return the same with texts that take no more tokens than meant even where each character is one."""
        return self._replace(share=_SHORTER) if self.at_most else self


UNBOUNDED = Bounds()


def strict_schema(shape: type[BaseModel], bounds: Bounds = UNBOUNDED) -> dict[str, Any]:
    """Return the JSON schema in the strict form that providers take: closed objects, everything required."""
    schema: dict[str, Any] = json.loads(_schema_of(shape))

    def close(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                node["additionalProperties"] = False
                node["required"] = list(node.get("properties", {}))
                for name, property_ in node.get("properties", {}).items():
                    _bound(name, property_, bounds)
            node.pop("default", None)
            for child in node.values():
                close(child)
        elif isinstance(node, list):
            for child in node:
                close(child)

    close(schema)
    return schema


@cache
def _schema_of(shape: type[BaseModel]) -> str:
    return json.dumps(shape.model_json_schema())


def _bound(name: str, node: dict[str, Any], bounds: Bounds) -> None:
    if values := bounds.one_of.get(name):
        node["enum"] = list(values)
    elif (most := bounds.at_most.get(name)) is not None:
        if node.get("type") == "array":
            node["maxItems"] = most
        else:
            node["maxLength"] = int(most * bounds.share)
    if longest := bounds.at_most.get(f"{name}[]"):
        node["items"]["maxLength"] = int(longest * bounds.share)


def parsed(text: str, shape: type[Shape]) -> Shape:
    """Return an answer in its shape, or raise ModelOutputInvalid; its detail is NO_JSON where no object is found."""
    try:
        return shape.model_validate(_json_in(text))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise ModelOutputInvalid("not-in-shape", f"{where}: {first['msg']}") from error
    except RecursionError as error:
        raise ModelOutputInvalid("not-in-shape", "the answer is nested too deeply") from error


def _json_in(text: str) -> Any:
    """Return the JSON that a text is, or the first object in it: after prose, thoughts or a fence."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        pass
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            break
        try:
            return _DECODER.raw_decode(text, start)[0]
        except json.JSONDecodeError:
            start = text.find("{", start + 1)
    raise ModelOutputInvalid("not-in-shape", NO_JSON)
