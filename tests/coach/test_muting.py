"""Muted patterns are read from the file alone, before and while a store works with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.muting import muted_in
from coach.settings import Settings
from coach.store import FeedbackStore, open_database
from coach.wiring import open_coach


def test_nothing_is_muted_where_there_is_no_file_and_none_is_made(tmp_path: Path) -> None:
    assert muted_in(tmp_path / "none.db", "local") == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_muted_in_a_database_without_the_table(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    assert muted_in(tmp_path / "new.db", "local") == frozenset()


def test_what_the_store_mutes_is_seen_in_the_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "folder #1, 5 %" / "okr.db"
    database = open_database(f"sqlite:///{file}")
    store = FeedbackStore(database)
    store.mute("local", "no-baseline")
    store.mute("acme", "no-target")
    assert muted_in(file, "local") == {"no-baseline"}
    store.unmute("local", ["no-baseline"])
    assert muted_in(file, "local") == frozenset()
    database.close()
    assert muted_in(file, "acme") == {"no-target"}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(SettingsError, match=r"broken\.db cannot be read"):
        muted_in(tmp_path / "broken.db", "local")


def test_a_database_of_ones_own_is_asked_through_the_store(tmp_path: Path, database_url: str) -> None:
    coach = open_coach(Settings(home=tmp_path / "home", database_url=database_url))
    coach.feedback.mute("acme", "no-baseline")
    assert coach.muted("acme") == {"no-baseline"}
    assert coach.of("local").muted("local") == frozenset()
    coach.database.close()


def test_reading_what_is_muted_loads_no_store(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'okr-coach.db'}")
    FeedbackStore(database).mute("local", "no-baseline")
    database.close()
    script = (
        "import sys; from pathlib import Path; from coach.settings import Settings; from coach.wiring import open_coach\n"
        "print(*open_coach(Settings(home=Path(sys.argv[1]))).muted('local'), 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["no-baseline", "False"]
