"""What leads object and which content helps, from the touch form to the lead's page."""

import pytest

from cards import terminal
from cards.model import Choice, TextInput
from cards.work_forms import SOMETHING_ELSE, key_of
from commands.accept_lead import accept
from commands.log_touch import ask, log
from commands.reply import Ask, Nothing, Reply
from commands.show_lead import card_of
from storage.tables import CampaignRow, TouchRow
from tests.commands.story import ANA, MIA, Story, words_of

_ROI = "https://acme.example/roi"
_CALL = {"kind": "called", "outcome_called": "reached"}


@pytest.fixture(autouse=True)
async def playbook(story: Story) -> None:
    await _playbook(story, "Too expensive", "No time")


async def _playbook(story: Story, *objections: str) -> None:
    """The first has content."""

    def write(ctx: object) -> None:
        row = ctx.session.get_one(CampaignRow, "spring-pricing")  # type: ignore[attr-defined]
        row.objections = [
            {"says": says, "answer": "Hm", **({} if number else {"content": _ROI})}
            for number, says in enumerate(objections)
        ]

    await story.do(write)


async def _accepted(story: Story, campaign: str = "spring-pricing") -> str:
    offered = await story.offer(ANA, campaign=campaign)
    await story.act(accept, ANA, offered.subject)
    return offered.subject


async def _log(story: Story, subject: str, **values: str) -> Reply:
    return await story.act(log, ANA, subject, **(_CALL | values))


async def test_the_form_offers_the_playbooks_objections_and_its_content(story: Story) -> None:
    reply = await story.act(ask, ANA, await _accepted(story))
    assert isinstance(reply, Ask)
    objection, used = (
        next(one for one in reply.form.blocks if isinstance(one, Choice) and one.id == wanted)
        for wanted in ("objection", "content")
    )
    said = [option.label.values.get("text") for option in objection.options]
    assert said == ["Too expensive", "No time", None]
    assert objection.optional
    (own,) = objection.then[SOMETHING_ELSE]
    assert isinstance(own, TextInput)
    assert [option.label.values["text"] for option in used.options] == [_ROI]


async def test_without_a_playbook_there_is_only_room_for_ones_own_words(story: Story) -> None:
    reply = await story.act(ask, ANA, await _accepted(story, campaign="webinar"))
    assert isinstance(reply, Ask)
    ids = [one.id for one in reply.form.blocks if isinstance(one, Choice | TextInput)]
    assert ids == ["kind", "objection_text", "note"]


async def test_what_was_heard_and_used_is_kept_and_told_on_the_page(story: Story) -> None:
    subject = await _accepted(story)
    assert await _log(story, subject) == Nothing()
    chosen = {"objection": key_of("Too expensive"), "content": key_of(_ROI)}
    assert await _log(story, subject, **chosen) == Nothing()
    own = {"objection": SOMETHING_ELSE, "objection_text": " Our  works council\nsays no "}
    assert await _log(story, subject, **own) == Nothing()
    rows = await story.all(TouchRow)
    assert [(row.objection, row.content) for row in rows] == [
        (None, None),
        ("Too expensive", _ROI),
        ("Our works council says no", None),
    ]
    lead = (await story.handoff(int(subject))).lead_id
    card = await story.do(lambda ctx: card_of(ctx, lead), MIA)
    assert card
    told = terminal.text(card)
    assert "They said: “Too expensive”. Used" in told
    assert _ROI in told
    assert "They said: “Our works council says no”" in told


@pytest.mark.parametrize(
    ("values", "mended"),
    [
        ({"objection": SOMETHING_ELSE}, "objection_text: objection_missing"),
        (
            {"objection": key_of("No time"), "objection_text": "And no money"},
            "objection_text: objection_twice",
        ),
        ({"outcome_called": "sent"}, "outcome_called: choice_missing"),
    ],
)
async def test_a_form_that_contradicts_itself_is_to_be_mended(
    story: Story, values: dict[str, str], mended: str
) -> None:
    subject = await _accepted(story)
    assert words_of(await _log(story, subject, **values)) == mended
    assert await story.all(TouchRow) == []


async def test_a_form_that_the_playbook_has_left_behind_comes_anew_and_logs_nothing(
    story: Story,
) -> None:
    subject = await _accepted(story)
    for stale in (
        {"objection": key_of("Something that was there")},
        {"content": key_of("https://acme.example/old")},
        {"objection": "<!channel>"},
    ):
        reply = await _log(story, subject, **stale)
        assert isinstance(reply, Ask)
        assert reply.form.blocks[0].text.macro == "playbook_changed"  # type: ignore[union-attr]
    assert await story.all(TouchRow) == []
