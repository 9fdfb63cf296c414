"""What a status or a title says about being away."""

import pytest

from leads.away_words import mean_away


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Vacationing", "palm_tree"),
        ("Out sick", "face_with_thermometer"),
        ("", "palm_tree"),
        ("vacation", ""),
        ("Vacation until 2 Jan", "sunny"),
        ("On leave", ""),
        ("Out of Office 🌴", ""),
        ("OOO - back Monday", ""),
        ("Holiday!", ""),
        ("Ana Ortiz: vacation", ""),
        ("I'm on holiday", ""),
        ("Urlaub bis 2.1.", ""),
    ],
)
def test_these_mean_away(text: str, sign: str) -> None:
    assert mean_away(text, sign)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("", ""),
        ("In a meeting", "spiral_calendar_pad"),
        ("Commuting", "bus"),
        ("Working remotely", "house_with_garden"),
        ("Holiday campaign", "rocket"),
        ("Leave me alone", "headphones"),
        ("Back from vacation", "palm_tree"),
        ("Planning my holiday", ""),
        ("Review: leave policy", ""),
        ("book", ""),
    ],
)
def test_these_mean_work(text: str, sign: str) -> None:
    assert not mean_away(text, sign)
