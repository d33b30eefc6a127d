"""A database is brought up to date when it is opened, or what keeps it from opening is said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from coach.critique import Critic
from coach.errors import SettingsError
from coach.feedback import Remark
from coach.okr import parse_draft
from coach.store import FeedbackStore, open_database
from coach.store import database as database_module


def test_a_database_of_the_first_release_is_brought_up_to_date(database_url: str, plain_critic: Critic) -> None:
    draft = parse_draft({"objective": "Anrufer:innen kommen an", "key_results": ["Portal live"], "mode": "rules"})
    review = plain_critic.review(draft)
    engine = create_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {
            "draft": draft.model_dump_json(),
            "review": review.model_dump_json(),
            "at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        connection.execute(text("INSERT INTO reviews VALUES ('a', 'old', :at, :draft, :review)"), row)
    database = open_database(database_url)
    store = FeedbackStore(database)
    store.add("a", "old", [Remark(fingerprint=review.findings()[0].fingerprint, verdict="accept")])
    assert [each.id for each in store.export("a")] == ["old"]
    database.close()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert set(inspect(engine).get_table_names()) == {"alembic_version", "api_keys", "reviews"}
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/none/okr-coach.db"], ids=["postgresql", "sqlite"]
)
def test_a_database_that_does_not_open_is_said_in_one_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    with pytest.raises(SettingsError, match=r"^the \w+ database cannot be opened: [^\n]+$"):
        open_database(url)
