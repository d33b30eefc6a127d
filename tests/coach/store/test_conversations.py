"""Conversations in the store: each turn once, whole or not at all; tenants apart; deleted means gone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.conversation import (
    Conversation,
    DraftVersion,
    Message,
    Reply,
    Step,
    Turn,
    TurnKind,
    WorkingDraft,
    WorkingObjective,
)
from coach.errors import Conflict, InputError, NotFound
from coach.store import ConversationStore, Database, open_database

_NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> ConversationStore:
    return ConversationStore(database)


def begun(identifier: str = "c1") -> Conversation:
    return Conversation(id=identifier, created_at=_NOW, language="de")


def step(head: Conversation, text: str = "Hallo", *, version: bool = False) -> Step:
    number = head.turns + 1
    draft = WorkingDraft(objectives=(WorkingObjective(id="o1", text=text),))
    made = DraftVersion(number=number, turn=number, origin="pasted", draft=draft) if version else None
    turn = Turn(
        number=number,
        kind=TurnKind.DRAFT if version else TurnKind.COURTESY,
        language="de",
        message=Message(text=text),
        reply=Reply(text=f"Antwort auf {text}", version=made),
        created_at=_NOW,
    )
    after = head.model_copy(update={"turns": number, "version": made or head.version})
    return Step(conversation=after, turn=turn)


def test_turns_and_versions_come_back_as_they_were_stored(store: ConversationStore) -> None:
    head = begun()
    store.add("ours", head)
    for text in ("eins", "zwei", "drei"):
        made = step(head, text, version=text == "zwei")
        assert store.append("ours", made) == made.turn
        head = made.conversation
    assert store.get("ours", "c1") == head
    assert [turn.message.text for turn in store.turns("ours", "c1", after=1)] == ["zwei", "drei"]
    assert store.version("ours", "c1", 2).draft.texts() == {"o1": "zwei"}
    assert store.count("ours", "c1") == 3


def test_the_same_key_never_doubles_a_turn(store: ConversationStore) -> None:
    head = begun()
    store.add("ours", head)
    first = store.append("ours", step(head), key="k")
    with pytest.raises(Conflict):
        store.append("ours", step(head))
    later = step(head.model_copy(update={"turns": 1}))
    assert store.append("ours", later, key="k") == first
    assert store.turn_with_key("ours", "c1", "k", Message(text="Hallo")) == first
    with pytest.raises(Conflict, match="another message"):
        store.turn_with_key("ours", "c1", "k", Message(text="Anders"))
    assert store.count("ours", "c1") == 1
    assert store.get("ours", "c1").turns == 1


def test_a_conversation_of_another_tenant_does_not_exist(store: ConversationStore) -> None:
    store.add("ours", begun())
    store.add("theirs", begun())
    store.append("ours", step(begun(), "geheim", version=True))
    assert store.turns("theirs", "c1") == ()
    for ask in (
        lambda: store.get("nobody", "c1"),
        lambda: store.count("nobody", "c1"),
        lambda: store.append("nobody", step(begun())),
        lambda: store.delete("nobody", "c1"),
        lambda: store.version("theirs", "c1", 1),
        lambda: store.get("ours", "c\x001"),
    ):
        with pytest.raises(NotFound):
            ask()
    store.delete("theirs", "c1")
    assert store.count("ours", "c1") == 1


def test_the_list_has_the_one_used_last_first(store: ConversationStore) -> None:
    for name in ("a", "b", "c"):
        store.add("ours", begun(name))
    store.append("ours", step(begun("a")))
    assert [each.id for each in store.list("ours")] == ["a", "c", "b"]
    assert [each.id for each in store.list("ours", before=store.list("ours")[1].updated_at)] == ["b"]
    assert [each.id for each in store.list("ours", limit=1)] == ["a"]


def test_an_export_can_be_imported_by_somebody_else(store: ConversationStore) -> None:
    head = begun()
    store.add("ours", head)
    for text in ("eins", "zwei"):
        made = step(head, text, version=True)
        store.append("ours", made)
        head = made.conversation
    export = store.export("ours", "c1")
    again = store.add_export("theirs", type(export).model_validate_json(export.model_dump_json()))
    copied = store.export("theirs", again.id)
    assert copied.turns == export.turns
    assert copied.versions == export.versions
    assert copied.conversation.model_copy(update={"id": "c1"}) == export.conversation


def test_an_export_whose_parts_do_not_fit_is_refused_by_pointer(store: ConversationStore) -> None:
    store.add("ours", begun())
    store.append("ours", step(begun(), version=True))
    export = store.export("ours", "c1")
    for changed, pointer in (
        (export.model_copy(update={"turns": ()}), "/conversation/turns"),
        (export.model_copy(update={"versions": ()}), "/conversation/version"),
        (export.model_copy(update={"turns": (export.turns[0].model_copy(update={"number": 3}),)}), "/turns/0/number"),
    ):
        with pytest.raises(InputError) as caught:
            store.add_export("ours", changed)
        assert pointer in [problem.pointer for problem in caught.value.problems]
    assert store.total("ours") == 1


def test_what_was_deleted_is_in_no_file_any_more(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    store = ConversationStore(database)
    store.add("ours", begun())
    store.append("ours", step(begun(), "Qqzzyx " * 200, version=True))
    store.delete("ours", "c1")
    assert not [path for path in tmp_path.iterdir() if b"Qqzzyx" in path.read_bytes()]
    database.close()
