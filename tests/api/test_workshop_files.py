"""A room prepared from files and earlier reviews, by form and by API; what is wrong is named by its field."""

import io
import json
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from api.multipart import Part, parts_of
from coach.errors import InputError
from coach.workshop.prepared import MAX_FILE
from tests.api.pages.conftest import BROWSER
from tests.api.pages.parsed import parse
from tests.api.sent import LOCAL

OBJECTIVE, KEY_RESULT = "Neue Mieter:innen kommen gut an", "Mieterportal bis Ende Q3 live schalten"
DRAFT = {"objective": OBJECTIVE, "key_results": [KEY_RESULT]}


def xlsx() -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    sheet.append(["Objective", "Key Result"])
    sheet.append([OBJECTIVE, KEY_RESULT])
    book.save(file)
    return file.getvalue()


def docx() -> bytes:
    document, file = Document(), io.BytesIO()
    document.add_heading(OBJECTIVE, 1)
    document.add_paragraph(KEY_RESULT, style="List Bullet")
    document.save(file)
    return file.getvalue()


FILES = {
    "okr.md": f"# {OBJECTIVE}\n- {KEY_RESULT}\n".encode(),
    "okr.yml": f'objective: "{OBJECTIVE}"\nkey_results: ["{KEY_RESULT}"]\n'.encode(),
    "okr.json": json.dumps(DRAFT).encode(),
    "okr.csv": f"objective;key_result\n{OBJECTIVE};{KEY_RESULT}\n".encode(),
    "okr.xlsx": xlsx(),
    "Über uns 🎉.docx": docx(),
}
LONG = "x" * 3000
BAD: dict[str, tuple[str, bytes, str, str]] = {
    "too large": ("gross.md", b"x" * (MAX_FILE + 1), "too-large", "gross.md: Das ist zu groß"),
    "another kind": ("okr.pdf", b"%PDF-1.7", "unknown-format", "okr.pdf: Diese Art von Datei kann ich nicht lesen."),
    "many drafts": ("okr.jsonl", b"{}", "unknown-format", "okr.jsonl: Diese Art von Datei kann ich nicht lesen."),
    "no yaml": ("okr.yaml", b"objective: a\n  b: [", "invalid-yaml", "okr.yaml, Zeile 2: Das ist kein gültiges YAML."),
    "no json": ("okr.json", b'{\n"objective": ', "invalid-json", "okr.json, Zeile 2: Das ist kein gültiges JSON."),
    "no text": ("okr.md", b"\xff\xfe\x00", "invalid-utf8", "okr.md: Die Datei enthält keinen Text in UTF-8."),
    "no workbook": ("okr.xlsx", b"PK no", "invalid-xlsx", "okr.xlsx: Das lässt sich nicht als Excel-Mappe öffnen."),
    "no document": ("okr.docx", b"PK no", "invalid-docx", "okr.docx: Das lässt sich nicht als Word-Dokument öffnen."),
    "no column": ("okr.csv", b"a;b\n1;2\n", "missing-column", "okr.csv: Der Tabelle fehlt eine Spalte"),
    "nothing": ("okr.md", b" \n", "empty-draft", "okr.md: Da steht nichts drin."),
    "too long a text": (
        "okr.json",
        json.dumps({"objectives": [DRAFT, {"objective": OBJECTIVE, "key_results": ["ok", LONG]}]}).encode(),
        "string_too_long",
        "okr.json, Objective 2, Key Result 2: Der Text ist zu lang.",
    ),
}


@pytest.fixture
def browser(plain_client: TestClient) -> TestClient:
    headers = {"accept": BROWSER, "accept-language": "de"}
    return TestClient(plain_client.app, base_url=LOCAL, headers=headers, follow_redirects=False)


def opened(browser: TestClient, *files: tuple[str, bytes], **fields: str) -> Response:
    chosen = [("file", (name, content, "application/octet-stream")) for name, content in files]
    return browser.post("/workshops", data={"title": "Q3", **fields}, files=chosen or [("file", ("", b""))])


def sent(client: TestClient, *files: tuple[str, bytes], plan: bytes = b'{"title": "Q3"}') -> Response:
    parts = [Part("plan", None, plan), *(Part("file", name, content) for name, content in files)]
    body = b"".join(_sent(part) for part in parts) + b"--boundary--\r\n"
    return client.post(
        "/v1/workshops", content=body, headers={"content-type": "multipart/form-data; boundary=boundary"}
    )


def cards_of(client: TestClient, code: str) -> list[tuple[str, str]]:
    return [(card["level"], card["text"]) for card in client.get(f"/v1/workshops/{code}").json()["cards"]]


def code_in(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


def faults_on(answer: Response) -> list[str]:
    section = answer.text.partition('<section id="faults"')[2].partition("</section>")[0]
    return [each.text for each in parse(section).all("li")]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_kind_becomes_cards(plain_client: TestClient, browser: TestClient, name: str) -> None:
    cards = [("objective", OBJECTIVE), ("key_result", KEY_RESULT)]
    assert cards_of(plain_client, code_in(opened(browser, (name, FILES[name])))) == cards
    made = sent(plain_client, (name, FILES[name]))
    assert made.status_code == 201, made.text
    assert cards_of(plain_client, made.json()["code"]) == cards


def test_what_is_pasted_comes_first_then_the_files_then_earlier_reviews(
    plain_client: TestClient, browser: TestClient
) -> None:
    reviewed = {"objective": "Anrufe klären sich sofort", "key_results": ["Umsatz um 12 % steigern"]}
    review = plain_client.post("/v1/reviews", json=reviewed).json()["id"]
    assert "Anrufe klären sich sofort" in browser.get("/workshops").text
    files = [("a.md", b"# Aus A\n- KR A\n"), ("b.md", b"# Aus B\n- KR B\n")]
    code = code_in(opened(browser, *files, draft="O: Getippt\n- KR", **{f"review.{review}": "on"}))
    objectives = [text for level, text in cards_of(plain_client, code) if level == "objective"]
    assert objectives == ["Getippt", "Aus A", "Aus B", "Anrufe klären sich sofort"]
    gone = opened(browser, **{"review.nothing": "on"})
    assert gone.status_code == 422
    assert faults_on(gone) == ["Frühere Reviews: Diesen Review gibt es nicht mehr."]


def test_without_a_file_the_form_works_as_well(plain_client: TestClient, browser: TestClient) -> None:
    assert cards_of(plain_client, code_in(opened(browser))) == []


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_what_is_wrong(plain_client: TestClient, browser: TestClient, case: str) -> None:
    name, content, code, told = BAD[case]
    answer = opened(browser, ("gut.md", b"# Gut\n- KR\n"), (name, content), title="Mein Titel", draft="O: Getippt")
    assert answer.status_code == (413 if code == "too-large" else 422)
    assert [fault[: len(told)] for fault in faults_on(answer)] == [told]
    page = parse(answer.text)
    fields = {each.attributes.get("id"): each for tag in ("input", "textarea") for each in page.all(tag)}
    assert fields["title"].attributes["value"] == "Mein Titel"
    assert fields["draft"].text.strip() == "O: Getippt"
    assert fields["file"].attributes["aria-invalid"] == "true"
    assert "aria-invalid" not in fields["title"].attributes
    problem = sent(plain_client, ("gut.md", b"# Gut\n- KR\n"), (name, content)).json()
    assert [each["code"] for each in problem["errors"]] == [code]
    assert problem["errors"][0]["pointer"].startswith("/files/1")


def test_more_than_fits_is_heard_to_the_end_and_refused(browser: TestClient) -> None:
    answer = opened(browser, *[(f"{n}.md", b"x" * MAX_FILE) for n in range(3)])
    assert answer.status_code == 413
    assert "höchstens 4 MB" in faults_on(answer)[0]


def test_each_field_that_is_wrong_is_named(browser: TestClient) -> None:
    answer = opened(browser, title=" ", dots="99", retention_days="morgen")
    assert answer.status_code == 422
    assert faults_on(answer) == [
        "Titel: Hier fehlt etwas.",
        "Punkte: Die Zahl ist zu groß.",
        "Tage bis zum Löschen: Hier erwarte ich eine ganze Zahl.",
    ]
    pasted = opened(browser, draft=f"O: Gut\n- KR\n- {LONG}")
    assert faults_on(pasted) == ["Eingefügte OKRs, Objective 1, Key Result 2: Der Text ist zu lang."]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--X--"),
        ("multipart/form-data; boundary=X", b"--X\r\n"),
        ("multipart/form-data; boundary=X", b"--X\r\nContent-Disposition: form-data\r\n\r\na\r\n--X--"),
        ("multipart/form-data; boundary=X", b"--X\r\n\r\n\r\n" * 300 + b"--X--"),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    plain_client: TestClient, browser: TestClient, kind: str, body: bytes
) -> None:
    for client, path in ((plain_client, "/v1/workshops"), (browser, "/workshops")):
        assert client.post(path, content=body, headers={"content-type": kind}).status_code == 422


def test_a_plan_in_a_form_must_be_a_plan(plain_client: TestClient) -> None:
    for plan in (b"[]", b"", b'{"title": "Q3", "objectives": 7}', b"{"):
        answer = sent(plain_client, ("a.md", b"# O\n- KR"), plan=plan)
        assert answer.status_code in {400, 422}, plan


def test_another_site_cannot_open_a_workshop(browser: TestClient) -> None:
    answer = browser.post("/workshops", data={"title": "Q3"}, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403


PARTS = st.builds(
    Part,
    st.text("abcäöü_.-", min_size=1, max_size=10),
    st.none() | st.text("abcäöü ._-🎉", max_size=10),
    st.binary(max_size=200).filter(lambda content: b"--boundary" not in content),
)


def _sent(part: Part) -> bytes:
    file = "" if part.file is None else f'; filename="{part.file}"'
    head = f'--boundary\r\nContent-Disposition: form-data; name="{part.name}"{file}\r\nX-Other: y\r\n\r\n'
    return head.encode() + part.content + b"\r\n"


@given(st.lists(PARTS, max_size=8))
def test_parts_come_out_as_they_went_in(parts: list[Part]) -> None:
    body = b"".join(_sent(part) for part in parts) + b"--boundary--\r\n"
    assert parts_of('multipart/form-data; charset=utf-8; boundary="boundary"', body) == parts


@given(st.text(max_size=80), st.binary(max_size=300))
def test_whatever_is_sent_is_parts_or_refused(kind: str, body: bytes) -> None:
    for content_type in (kind, "multipart/form-data; boundary=b"):
        try:
            found: Any = parts_of(content_type, body)
        except InputError as error:
            found = error.problems
        assert isinstance(found, list | tuple)
