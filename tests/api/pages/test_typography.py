"""Numbers keep their units."""

from markupsafe import Markup

from api.pages.typography import unbroken


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert unbroken("von 40 auf 75 % und 3 € mehr") == "von 40 auf 75\u00a0% und 3\u00a0€ mehr"


def test_html_stays_html_and_text_stays_text() -> None:
    assert isinstance(unbroken(Markup("<b>5 %</b>")), Markup)
    assert not isinstance(unbroken("5 %"), Markup)
    assert unbroken(7) == 7
