"""The order of an index."""

from api.pages.alphabet import alphabetical, initial


def test_umlauts_stand_beside_their_vowels_and_case_does_not_count() -> None:
    assert sorted(["Zoo", "Übung", "uhr", "Apfel", "ähre"], key=alphabetical) == [
        "ähre",
        "Apfel",
        "Übung",
        "uhr",
        "Zoo",
    ]
    assert initial("Übung") == "U"
    assert initial("psychologische Sicherheit") == "P"
