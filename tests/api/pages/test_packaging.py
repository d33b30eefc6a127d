"""An installation carries what the pages are made of."""

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

_ROOT = Path(__file__).parents[3]


def test_the_wheel_holds_templates_texts_and_styles() -> None:
    shipped = {file.distribution_path for file in WheelBuilder(str(_ROOT)).recurse_project_files()}
    pages = _ROOT / "api" / "pages"
    needed = {
        path.relative_to(_ROOT).as_posix() for path in pages.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    assert {"api/pages/themes.yaml", "api/pages/static/pages.css", "api/pages/texts/de.yaml"} <= needed
    assert needed <= shipped
