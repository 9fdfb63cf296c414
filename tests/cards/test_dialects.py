from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from cards.dialects import (
    SLACK_MRKDWN,
    SLACK_PLAIN,
    SLACK_SUMMARY,
    TEAMS_MARKDOWN,
    TEAMS_PLAIN,
    TERMINAL,
    Dialect,
    Moment,
    Reader,
    checked_address,
)
from cards.model import Light, Mention
from cards.plain_characters import one_line
from tests.cards.hostile import texts, unhurried
from tests.cards.oracles import (
    UNSEEN,
    markup_of_teams,
    problems_of_mrkdwn,
    problems_of_slack_plain,
    problems_of_teams,
)

AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
MIA = Mention(name="Mia", email="mia@acme.example", ping=True)
READER = Reader(accounts={"mia@acme.example": "U0MIA"})


@unhurried
@given(texts)
def test_no_text_is_markup_in_slack(text: str) -> None:
    for dialect in (SLACK_MRKDWN, SLACK_SUMMARY):
        escaped = dialect.escape(one_line(text))
        assert not problems_of_mrkdwn(dialect.finish(escaped))
        assert not set("*`<>~") & set(escaped)
        # between template text, an underscore that could open or close is not there either
        assert not problems_of_mrkdwn(dialect.finish(f"{dialect.bold(escaped)} and {escaped}"))


@unhurried
@given(texts)
def test_no_text_is_markup_in_plain_places_of_slack(text: str) -> None:
    assert not problems_of_slack_plain(SLACK_PLAIN.escape(one_line(text)))


@unhurried
@given(texts)
def test_no_text_is_markup_in_teams(text: str) -> None:
    escaped = TEAMS_MARKDOWN.escape(one_line(text))
    for shown in (escaped, f"{escaped}{escaped}", f"a{escaped}b", f"{escaped}(https://x.example)"):
        finished = TEAMS_MARKDOWN.finish(shown.strip())
        assert not problems_of_teams(finished)
        assert not markup_of_teams(finished)
    assert not markup_of_teams(TEAMS_PLAIN.escape(one_line(text)).lstrip("-+=#0123456789 "))


@unhurried
@given(texts)
def test_bold_text_and_labels_stay_what_they_are_in_teams(text: str) -> None:
    escaped = TEAMS_MARKDOWN.escape(one_line(text)).strip()
    shown = f"About {TEAMS_MARKDOWN.link(escaped, 'https://x.example')} here"
    assert not problems_of_teams(TEAMS_MARKDOWN.finish(shown))
    assert set(markup_of_teams(TEAMS_MARKDOWN.finish(shown))) <= {"link_open", "link_close"}


@unhurried
@given(texts)
def test_no_text_steers_a_terminal(text: str) -> None:
    assert not UNSEEN.search(TERMINAL.escape(one_line(text)))


@pytest.mark.parametrize("dialect", [SLACK_MRKDWN, SLACK_PLAIN, TEAMS_MARKDOWN, TERMINAL])
@pytest.mark.parametrize(
    "text", ["Ada Byron", "R2D2, Inc.", "VP Engineering", "first_last@x.example", "10:30:15", "50%"]
)
def test_ordinary_text_stays_as_it_is(dialect: Dialect, text: str) -> None:
    assert dialect.finish(dialect.escape(one_line(text))) == text


def test_emoji_and_other_scripts_stay_whole() -> None:
    text = "👩‍👩‍👧‍👦 漢字 עברית ünïcödé 🇪🇸 ❤️"
    assert SLACK_MRKDWN.escape(one_line(text)) == text


def test_a_colleague_is_mentioned_only_when_pinged_and_known() -> None:
    silent = Mention(name="Mia", email="mia@acme.example")
    assert SLACK_MRKDWN.person(MIA, "Mia", READER) == "<@U0MIA>"
    assert SLACK_MRKDWN.person(silent, "Mia", READER) == "Mia"
    assert SLACK_MRKDWN.person(MIA, "Mia", Reader()) == "Mia"
    assert SLACK_PLAIN.person(MIA, "Mia", READER) == "Mia"
    assert SLACK_SUMMARY.person(MIA, "Mia", READER) == "Mia"
    assert TEAMS_MARKDOWN.person(silent, "Mia", READER) == "Mia"


def test_namesakes_in_teams_are_told_apart() -> None:
    reader = Reader(accounts={"mia@acme.example": "29:a", "mia@other.example": "29:b"})
    other = Mention(name="Mia", email="mia@other.example", ping=True)
    assert TEAMS_MARKDOWN.person(MIA, "Mia", reader) == "<at>Mia</at>"
    assert TEAMS_MARKDOWN.person(other, "Mia", reader) == "<at>Mia (mia@other.example)</at>"
    assert reader.mentioned == {"Mia": "29:a", "Mia (mia@other.example)": "29:b"}


@pytest.mark.parametrize(
    ("dialect", "shown", "written"),
    [
        (SLACK_MRKDWN, Moment.CLOCK, "<!date^1795183320^{time}|14:02 UTC>"),
        (
            SLACK_MRKDWN,
            Moment.DAY_AND_TIME,
            "<!date^1795183320^{date_short_pretty} at {time}|20 Nov 2026, 14:02 UTC>",
        ),
        (SLACK_PLAIN, Moment.DAY_AND_TIME, "20 Nov 2026, 14:02 UTC"),
        (TEAMS_MARKDOWN, Moment.CLOCK, "{{TIME(2026-11-20T14:02:00Z)}}"),
        (TEAMS_MARKDOWN, Moment.DAY, "{{DATE(2026-11-20T14:02:00Z,SHORT)}}"),
        (TEAMS_PLAIN, Moment.CLOCK, "14:02 UTC"),
        (TERMINAL, Moment.DAY, "20 Nov 2026"),
    ],
)
def test_a_moment_is_shown_in_the_readers_zone_where_the_platform_can(
    dialect: Dialect, shown: Moment, written: str
) -> None:
    assert dialect.moment(AT, shown, Reader()) == written


def test_the_command_line_shows_moments_in_the_zone_it_is_told() -> None:
    reader = Reader(zone=ZoneInfo("Europe/Madrid"))
    assert TERMINAL.moment(AT, Moment.CLOCK, reader) == "15:02 CET"


@pytest.mark.parametrize("dialect", [SLACK_MRKDWN, TEAMS_MARKDOWN, TERMINAL])
def test_lights_have_four_shapes_or_signs(dialect: Dialect) -> None:
    assert len({dialect.shape(light) for light in Light}) == 4


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "file:///etc",
        "http://",
        "",
        " ",
        "https://x" + "x" * 3000,
        "tel:evil",
        "slack://open",
    ],
)
def test_other_addresses_are_no_addresses(address: str) -> None:
    assert checked_address(address) is None


def test_an_address_cannot_leave_its_place() -> None:
    doubtful = 'https://x.example/a|b>c<d)e(f g"h`i*j_k[l]m{n}\\o\nü?q=1&r=%20#s'
    checked = checked_address(doubtful)
    assert checked
    assert not set('|<>() "`*[]{}\\\n') & set(checked)
    assert "?q=1&r=%20#s" in checked
    assert not problems_of_mrkdwn(SLACK_MRKDWN.link("x", checked))
    assert markup_of_teams(TEAMS_MARKDOWN.link("x", checked)) == ["link_open", "link_close"]
