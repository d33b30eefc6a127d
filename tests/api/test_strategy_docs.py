"""The worked examples in docs/ are played from top to bottom: what they say, the coach says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from api import create_app
from coach.embedding import can_embed
from coach.settings import Settings
from tests.api.sent import LOCAL

_DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"```(?P<what>yaml send: (?P<method>\w+) (?P<path>\S+)|text says)\n(?P<body>.*?)```", re.DOTALL)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    if not can_embed():
        pytest.skip("the bundled model does not run here")
    app = create_app(settings)
    yield TestClient(app, base_url=LOCAL)
    app.state.coach.database.close()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_frame_and_two_cycles(client: TestClient, language: str) -> None:
    page = (_DOCS / f"strategy.{language}.md").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    answer = ""
    cycles = said = 0
    for block in _BLOCK.finditer(page):
        if block["what"] == "text says":
            for line in block["body"].strip().splitlines():
                assert line in answer, line
                said += 1
            continue
        text = block["body"]
        for name, value in names.items():
            text = text.replace("{" + name + "}", value)
        path = block["path"].format(**names)
        body = json.loads(json.dumps(yaml.safe_load(text), default=str))
        response = client.request(block["method"], path, json=body)
        assert response.status_code in {200, 201}, response.text
        answer = json.dumps(response.json(), ensure_ascii=False).replace('\\"', '"')
        if "id" in response.json():
            names["cycle" if "cycle" in response.json() else "strategy"] = response.json()["id"]
        cycles += block["path"] in {"/v1/cycles", "/v1/cycles/{cycle}/next"}
    assert (cycles, said >= 15) == (2, True)
