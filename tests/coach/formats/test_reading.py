"""Drafts in every format, and what is said of input that is none."""

import io
import json
import warnings
import zipfile
from collections.abc import Sequence

import pytest
from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from coach.errors import InputError, Problem, TooLarge
from coach.formats import FORMATS, format_of, read_draft
from coach.formats.markdown import parse_markdown
from coach.formats.reading import MAX_BYTES, MAX_DEPTH
from coach.okr import Draft

GERMAN = "Anrufer:innen kommen schnell an 🎉"
Outline = list[tuple[str, list[str]]]


def outline(draft: Draft) -> Outline:
    """Return the objectives with the texts of their key results."""
    return [(o.objective, [key_result.text for key_result in o.key_results]) for o in draft.objectives]


def code_of(content: bytes, kind: str) -> str:
    """Return the code of the first problem with an input that cannot be read."""
    with pytest.raises(InputError) as caught:
        read_draft(content, kind)
    return caught.value.problems[0].code


def detail_of(content: bytes, kind: str) -> str:
    with pytest.raises(InputError) as caught:
        read_draft(content, kind)
    return caught.value.problems[0].detail


def xlsx(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def docx(paragraphs: Sequence[tuple[str, str]], table: Sequence[Sequence[str]] = ()) -> bytes:
    document = Document()
    for text, style in paragraphs:
        document.add_paragraph(text, style=style)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for cells, row in zip(grid.rows, table, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


TABLE: list[list[str | None]] = [
    ["Objective", "Key Result", "Baseline", "Target"],
    [GERMAN, "80 % sagen das", "40 %", "80 %"],
    [None, "Wartezeit unter 5 Minuten", None, None],
    ["Zweites Ziel", "5 Städte", None, None],
]
HEAD = [("Callers are helped", "Heading 1"), ("80% say so", "List Bullet"), ("Waiting below 5 min", "List Number")]
XLSX = xlsx(TABLE)
DOCX = docx(HEAD)


# Markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Callers are helped\n\n- 80% say so\n- Waiting below 5 min", [("Callers are helped", 2)]),
        ("O: Callers are helped\nKR1: 80% say so\nKR 2: Waiting below 5 min", [("Callers are helped", 2)]),
        ("**Objective 1:** Callers are helped\n* **KR1:** 80% say so", [("Callers are helped", 1)]),
        ("Ziel: Callers are helped\n• 80% say so\n– Waiting below 5 min", [("Callers are helped", 2)]),
        ("Callers are helped\n1. 80% say so\n2) Waiting below 5 min", [("Callers are helped", 2)]),
        ("Callers are helped\n80% say so\nWaiting below 5 min", [("Callers are helped", 2)]),
        ("Callers are helped\n\n- 80% say so\n\nTenants are heard\n- 9 of 10", [("Callers are helped", 1), ("Tenants are heard", 1)]),
        ("# OKRs Q3\n## Callers are helped\n### Key Results\n- [ ] 80% say so\n- [x] 5", [("Callers are helped", 2)]),
        ("## Objective\nCallers are helped\n## Key Results\n- 80% say so", [("Callers are helped", 1)]),
        ("\ufeff# Callers are helped\r\n- 80% say so\r\n", [("Callers are helped", 1)]),
        ("# Callers are helped #\n- 80% say so", [("Callers are helped", 1)]),
        ("# Move to C#\n- 80% say so", [("Move to C#", 1)]),
        ("_Callers are helped_\n- __80% say so__", [("Callers are helped", 1)]),
        ("# One\n# Two", [("One", 0), ("Two", 0)]),
    ],
)  # fmt: skip
def test_markdown_is_read_as_people_paste_it(text: str, expected: list[tuple[str, int]]) -> None:
    found = outline(read_draft(text.encode(), "md"))
    assert [(objective, len(key_results)) for objective, key_results in found] == expected
    assert all(key_result[0] not in "-*•–[_K" for _, key_results in found for key_result in key_results)


def test_markdown_keeps_the_words_as_they_are() -> None:
    text = f"O: {GERMAN}\n- 1.234,5 € Umsatz: von 3 auf 5 (heute: *3*)\n- [N] % der Mieter"
    assert outline(read_draft(text.encode(), "md")) == [
        (GERMAN, ["1.234,5 € Umsatz: von 3 auf 5 (heute: *3*)", "[N] % der Mieter"])
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty-draft"), ("\n \t\n", "empty-draft"), ("# OKRs", "empty-draft"), ("- 80% say so", "no-objective")],
)
def test_markdown_without_an_objective_says_so(text: str, code: str) -> None:
    assert code_of(text.encode(), "md") == code


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(st.sampled_from("#-*_ O:KR1.)[x]\n\t•Ziel"), max_size=60)))
@example("# " + "a" + " " * 20_000 + "b")  # took minutes once
@example("# a" + " #" * 20_000)
@example("O:" + "* " * 20_000)
@example("KR" + "1" * 20_000)
def test_no_text_makes_the_markdown_reader_fail_otherwise(text: str) -> None:
    try:
        objectives = parse_markdown(text)["objectives"]
    except InputError:
        return
    assert all(objective["objective"].strip() == objective["objective"] for objective in objectives)


# YAML and JSON

BODY = {
    "id": "d-1",
    "language": "de",
    "objectives": [
        {
            "id": "o-1",
            "objective": GERMAN,
            "key_results": ["80 % sagen das", {"text": "Wartezeit sinkt", "baseline": "12", "target": "5"}],
        }
    ],
}


def test_json_and_yaml_say_the_same() -> None:
    as_json = read_draft(json.dumps(BODY).encode(), "json")
    written = f"""
id: d-1
language: de
objectives:
  - id: o-1
    objective: "{GERMAN}"
    key_results:
      - 80 % sagen das
      - {{text: Wartezeit sinkt, baseline: "12", target: "5"}}
"""
    assert as_json == read_draft(written.encode(), "yaml")
    assert (as_json.id, as_json.objectives[0].id) == ("d-1", "o-1")
    assert as_json.objectives[0].key_results[1].target == "5"


@pytest.mark.parametrize("kind", ["json", "yaml", "md", "csv"])
def test_a_byte_order_mark_is_no_part_of_the_text(kind: str) -> None:
    texts = {
        "json": '{"objective": "Callers are helped", "key_results": ["80% say so"]}',
        "yaml": "objective: Callers are helped\nkey_results: [80% say so]",
        "md": "Callers are helped\n- 80% say so",
        "csv": "objective,key_result\nCallers are helped,80% say so\n",
    }
    draft = read_draft(b"\xef\xbb\xbf" + texts[kind].encode(), kind)
    assert outline(draft) == [("Callers are helped", ["80% say so"])]


@pytest.mark.parametrize(
    ("kind", "text", "code", "words"),
    [
        ("json", '{"objective": ', "invalid-json", "line 1, column 15"),
        ("json", '{\n  "objective": x}', "invalid-json", "line 2, column 16"),
        ("json", "", "invalid-json", "line 1, column 1"),
        ("json", "[" * 100_000, "invalid-json", "too deeply"),
        ("json", '{"objective": ' + "1" * 5_000 + "}", "invalid-json", "is not JSON"),
        ("yaml", "objective: [", "invalid-yaml", "line 2, column 1"),
        ("yaml", "a: b\n  c: d", "invalid-yaml", "line 2"),
        ("yaml", "? [a]\n: b", "invalid-yaml", "is not YAML"),
        ("yaml", "objective: !!python/object:os.system x", "invalid-yaml", "line 1"),
        ("yaml", "objective: 2024-13-45", "invalid-yaml", "cannot be read"),
        ("yaml", "objective: !!int abc", "invalid-yaml", "cannot be read"),
        ("yaml", "objective: !!bool maybe", "invalid-yaml", "cannot be read"),
        ("yaml", "objective: !!timestamp soon", "invalid-yaml", "cannot be read"),
        ("yaml", "objective: !!float ''", "invalid-yaml", "cannot be read"),
        ("yaml", "objective: " + "1" * 5_000, "invalid-yaml", "cannot be read"),
        ("yaml", "[" * 100_000, "invalid-yaml", "too deeply"),  # ended the process once
        ("yaml", "- " * 100_000, "invalid-yaml", "too deeply"),
        ("yaml", "{a: " * (MAX_DEPTH + 1) + "}" * (MAX_DEPTH + 1), "invalid-yaml", "too deeply"),
        ("yaml", "a: &a {b: c}\nd: {<<: *a}", "invalid-yaml", "merges"),
    ],
)
def test_text_that_is_not_of_the_format_says_where(kind: str, text: str, code: str, words: str) -> None:
    assert code_of(text.encode(), kind) == code
    assert words in detail_of(text.encode(), kind)


def test_an_objective_may_look_like_a_merge_when_it_is_quoted() -> None:
    assert outline(read_draft(b'objective: "<<"', "yaml")) == [("<<", [])]


def test_yaml_that_refers_to_itself_ends() -> None:
    assert code_of(b"&a {objective: x, key_results: [*a]}", "yaml") == "missing"


@pytest.mark.parametrize("kind", ["md", "yaml", "json", "csv"])
def test_bytes_that_are_no_utf_8_are_named(kind: str) -> None:
    content = "objective: Größe".encode("latin-1")
    assert code_of(content, kind) == "invalid-utf8"
    assert "byte 13 (0xf6)" in detail_of(content, kind)


# CSV


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_may_be_separated_as_spreadsheets_do(mark: str, end: str) -> None:
    rows = [["Ziel", "Schlüsselergebnis", "Ist", "Soll"], [GERMAN, '"80 %, sagen das; ""immer"""', "40 %", "80 %"]]
    rows += [["", "Zweites", "", ""], [GERMAN, "Drittes", "", ""], ["Neues Ziel", "Viertes", "", ""], ["", "", "", ""]]
    draft = read_draft((end.join(mark.join(row) for row in rows) + end).encode(), "csv")
    assert outline(draft) == [
        (GERMAN, ['80 %, sagen das; "immer"', "Zweites", "Drittes"]),
        ("Neues Ziel", ["Viertes"]),
    ]
    first = draft.objectives[0].key_results[0]
    assert (first.baseline, first.target) == ("40 %", "80 %")
    assert draft.objectives[0].key_results[1].baseline is None


def test_csv_with_a_mark_of_another_kind_in_its_cells() -> None:
    draft = read_draft(b"objective;key_result\nSchnell, gut;80 %, heute 40 %", "csv")
    assert outline(draft) == [("Schnell, gut", ["80 %, heute 40 %"])]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "empty-draft", "empty"),
        ("\n , \n", "empty-draft", "empty"),
        ("a,b\n1,2", "missing-column", "no column objective and no column key_result; found: a, b"),
        ("objective,note\nx,y", "missing-column", "no column key_result"),
        ("objective,kr\n,80% say so", "no-objective", "no objective beside it"),
        ('objective,kr\n"x,80%', "invalid-csv", "is not CSV"),
        ("objective,kr\nx," + "a" * 200_000, "invalid-csv", "is not CSV"),
        ("objective,kr\n", "too_short", "must not be empty"),
    ],
)
def test_csv_that_is_no_draft_says_why(text: str, code: str, words: str) -> None:
    assert code_of(text.encode(), "csv") == code
    assert words in detail_of(text.encode(), "csv")


# Excel and Word


def test_a_workbook_is_read_with_baselines_and_targets() -> None:
    draft = read_draft(XLSX, "xlsx")
    assert outline(draft) == [
        (GERMAN, ["80 % sagen das", "Wartezeit unter 5 Minuten"]),
        ("Zweites Ziel", ["5 Städte"]),
    ]
    assert draft.objectives[0].key_results[0].baseline == "40 %"


def test_numbers_and_blank_rows_in_a_workbook_are_no_obstacle() -> None:
    rows: list[list[str | float | None]] = [
        [None],
        ["O", "KR", "Ist"],
        [],
        ["Callers are helped", 80, 40.5],
        [None, None, None],
        [None, "90 %", None],
    ]
    draft = read_draft(xlsx(rows), "xlsx")
    assert outline(draft) == [("Callers are helped", ["80", "90 %"])]
    assert draft.objectives[0].key_results[0].baseline == "40.5"


def test_a_cell_far_out_in_a_workbook_costs_nothing() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in TABLE:
        sheet.append(row)
    sheet.cell(row=100_000, column=16_000, value=" ")
    file = io.BytesIO()
    workbook.save(file)
    assert outline(read_draft(file.getvalue(), "xlsx")) == outline(read_draft(XLSX, "xlsx"))


def test_a_document_is_read_by_headings_and_lists() -> None:
    assert outline(read_draft(DOCX, "docx")) == [("Callers are helped", ["80% say so", "Waiting below 5 min"])]


def test_a_table_in_a_document_goes_before_its_text() -> None:
    table = [["Objective", "Key Result"], ["Tenants are heard", "9 of 10"], ["", "5 of 10"]]
    assert outline(read_draft(docx(HEAD, table), "docx")) == [("Tenants are heard", ["9 of 10", "5 of 10"])]


def test_a_table_of_something_else_in_a_document_is_passed_over() -> None:
    table = [["Name", "Date"], ["x", "y"]]
    assert outline(read_draft(docx(HEAD, table), "docx")) == outline(read_draft(DOCX, "docx"))


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "xlsx", "invalid-xlsx"),
        (b"no archive", "xlsx", "invalid-xlsx"),
        (DOCX, "xlsx", "invalid-xlsx"),
        (XLSX[:-200], "xlsx", "invalid-xlsx"),
        (xlsx([]), "xlsx", "empty-draft"),
        (xlsx([["a", "b"]]), "xlsx", "missing-column"),
        (b"", "docx", "invalid-docx"),
        (b"no archive", "docx", "invalid-docx"),
        (XLSX, "docx", "invalid-docx"),
        (DOCX[:-200], "docx", "invalid-docx"),
        (docx([]), "docx", "empty-draft"),
    ],
)
def test_what_is_no_office_file_says_so(content: bytes, kind: str, code: str) -> None:
    assert code_of(content, kind) == code


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_an_archive_that_unpacks_without_bound_is_refused(kind: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", bytes(50_000_000))
    assert len(file.getvalue()) < MAX_BYTES
    with pytest.raises(TooLarge, match="unpacks to more than"):
        read_draft(file.getvalue(), kind)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_input_over_the_limit_is_refused_before_it_is_read(kind: str) -> None:
    with pytest.raises(TooLarge):
        read_draft(b"x" * (MAX_BYTES + 1), kind)


# Anything at all


def changed(content: bytes, at: int, piece: bytes, cut: int) -> bytes:
    """Return a file with some bytes replaced and perhaps its end cut off."""
    at %= len(content) + 1
    content = content[:at] + piece + content[at + len(piece) :]
    return content[: len(content) - cut % (len(content) + 1)] if cut else content


ANYWHERE = st.integers(min_value=0, max_value=100_000)
SOMETIMES_CUT = st.one_of(st.just(0), st.just(0), ANYWHERE)
WHOLE = {
    "md": b"# Callers are helped\n- 80% say so",
    "yaml": b"objective: Callers are helped\nkey_results: [80% say so, {text: x, target: y}]",
    "json": json.dumps(BODY).encode(),
    "csv": b"objective;key_result;target\nCallers are helped;80% say so;80%",
    "xlsx": XLSX,
    "docx": DOCX,
}


def assert_draft_or_input_error(content: bytes, kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl and zipfile remark on what they pass over
        draft: object = None
        problems: tuple[Problem, ...] = ()
        try:
            draft = read_draft(content, kind)
        except InputError as error:
            problems = error.problems
    assert isinstance(draft, Draft) or problems
    assert all(problem.detail and problem.code for problem in problems)


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(sorted(FORMATS)))
@example(b"\x00", "yaml")
@example(b"objective: 2024-01-01T01:00:00+99:00", "yaml")
@example(b'{"objective": "\\ud800", "\\ud801": 1}', "json")
@example(b'{"objective": Infinity}', "json")
def test_bytes_of_any_kind_give_a_draft_or_an_input_error(content: bytes, kind: str) -> None:
    assert_draft_or_input_error(content, kind)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(WHOLE)), ANYWHERE, st.binary(max_size=8), SOMETIMES_CUT)
def test_a_damaged_file_gives_a_draft_or_an_input_error(kind: str, at: int, piece: bytes, cut: int) -> None:
    assert_draft_or_input_error(changed(WHOLE[kind], at, piece, cut), kind)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["xlsx", "docx"]), st.data(), ANYWHERE, st.binary(max_size=8), SOMETIMES_CUT)
def test_a_damaged_part_of_an_office_file_gives_a_draft_or_an_input_error(
    kind: str, data: st.DataObject, at: int, piece: bytes, cut: int
) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = changed(parts[name], at, piece, cut)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert_draft_or_input_error(file.getvalue(), kind)


# Which format


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("okr.md", b"", "md"),
        ("okr.markdown", b"", "md"),
        ("okr.txt", b"{", "md"),
        ("OKR.YML", b"", "yaml"),
        ("okr.yaml", b"", "yaml"),
        ("okr.json", b"", "json"),
        ("okr.jsonl", b"", "jsonl"),
        ("okr.csv", b"", "csv"),
        ("okr.XLSX", b"", "xlsx"),
        ("a.b/okr.docx", b"", "docx"),
        ("-", b'  {"objective": 1}', "json"),
        ("-", b"[1]", "json"),
        ("-", b"O: x", "md"),
        ("-", b"", "md"),
        ("okr.unknown", b"O: x", "md"),
    ],
)
def test_the_format_follows_the_name_or_else_the_content(name: str, content: bytes, kind: str) -> None:
    assert format_of(name, content) == kind
