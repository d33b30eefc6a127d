"""One layout, two writers: what stands in the SVG stands in the PNG, and paper cuts through no text."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import InputError
from coach.strategy.drawing import draw_map
from coach.strategy.map import Node, StrategyMap, map_of_frame
from coach.strategy.png import as_png
from coach.strategy.shapes import Panel, Picture, Words
from coach.strategy.svg import as_sheets, as_svg
from evals.frames import read_frames


def picture_of(key_results: int) -> Picture:
    inner = tuple(
        Node(at=f"/{at}", kind="key_result", label="Key Result", text=f"Text {at} <&> " + "lang " * (at % 40))
        for at in range(key_results)
    )
    frame = Node(at="/purpose", kind="element", label="Purpose", text="Wozu es uns gibt", children=inner)
    return draw_map(StrategyMap(language="de", frame=frame, unlinked=None))


def test_the_picture_as_png_is_dense_enough_for_print(tmp_path: Path) -> None:
    content = as_png(picture_of(4), tmp_path)
    assert content.startswith(b"\x89PNG")
    width = int.from_bytes(content[16:20], "big")
    assert width >= 2_000  # 290 dots per inch on A4


def test_a_map_that_is_too_tall_for_a_png_is_refused_and_the_svg_named(tmp_path: Path) -> None:
    tall = picture_of(500)
    with pytest.raises(InputError) as refused:
        as_png(tall, tmp_path)
    assert refused.value.problems[0].code == "too-tall"
    assert "SVG" in refused.value.problems[0].detail
    assert as_svg(tall).count("Text ") == 500


@settings(deadline=None)  # a busy machine takes its time
@given(st.integers(1, 120))
def test_sheets_of_paper_cut_through_no_box_and_lose_none(key_results: int) -> None:
    picture = picture_of(key_results)
    sheets = list(picture.sheets(900))
    assert [sheets[0][0], sheets[-1][1]] == [0, picture.height]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(sheets))
    assert all(end - begin <= 900 for begin, end in sheets)
    for panel in (shape for shape in picture.shapes if isinstance(shape, Panel)):
        assert any(begin <= panel.y and panel.y + panel.height <= end for begin, end in sheets)
    lines = [shape.text for shape in picture.shapes if isinstance(shape, Words)]
    assert len(re.findall("<text ", as_sheets(picture))) == len(lines)


def test_texts_end_within_their_boxes() -> None:
    """Measured with the font of the picture, as wide as it is drawn."""
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    for frame in (frame for language in ("de", "en") for frame in read_frames(language)):
        picture = draw_map(map_of_frame(frame.strategy))
        for line in (shape for shape in picture.shapes if isinstance(shape, Words) and not shape.bold):
            font.set_size(line.size, 72)
            font.set_text(line.text)
            assert line.x + font.get_width_height()[0] / 64 < picture.width - 12


def test_a_frame_without_a_draft_shows_its_gaps_and_calls_nothing_unserved() -> None:
    frame = next(iter(read_frames("de"))).strategy.model_copy(update={"vision": None})
    nodes = [node for _, node in map_of_frame(frame).frame.walk()]
    assert [node.at for node in nodes if node.missing] == ["/vision"]
