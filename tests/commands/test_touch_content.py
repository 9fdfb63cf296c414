"""What leads object and which content helps, from the touch form to the review's figures."""

import pytest

from cards import terminal
from cards.model import Choice, TextInput
from cards.work_forms import SOMETHING_ELSE, key_of
from commands.accept_lead import accept
from commands.log_touch import ask, log
from commands.qualify_lead import qualify
from commands.release_lead import release
from commands.reply import Ask, Nothing, Reply
from commands.show_lead import card_of
from commands.win_lead import win
from storage import content
from storage.content import AskedFor, Used
from storage.tables import CampaignRow, TouchRow
from tests.commands.story import ANA, MIA, Story, local, words_of

_ROI = "https://acme.example/roi"
_CALL = {"kind": "called", "outcome_called": "reached"}
_SINCE, _UNTIL = local(2026, 11, 1, 0), local(2026, 12, 1, 0)


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


async def test_content_asked_for_is_what_was_heard_and_has_no_content(story: Story) -> None:
    for words in ("Works council", "works council", "No time"):
        subject = await _accepted(story)
        known = words == "No time"
        values = {"objection": key_of(words)} if known else {"objection": SOMETHING_ELSE}
        await _log(story, subject, **values, **({} if known else {"objection_text": words}))
        await _log(story, subject, objection=key_of("Too expensive"))
    other = await _accepted(story, campaign="webinar")
    await _log(story, other, objection_text="Who are you?")

    def found(campaign: str | None = None) -> object:
        return story.database.read(lambda s: content.asked_for(s, _SINCE, _UNTIL, campaign))

    spring = [
        AskedFor(campaign="spring-pricing", objection="Works council", leads=2, in_playbook=False),
        AskedFor(campaign="spring-pricing", objection="No time", leads=1, in_playbook=True),
    ]
    webinar = AskedFor(campaign="webinar", objection="Who are you?", leads=1, in_playbook=False)
    assert await found() == [*spring, webinar]  # type: ignore[misc]
    assert await found("spring-pricing") == spring  # type: ignore[misc]
    before = await story.database.read(
        lambda s: content.asked_for(s, local(2026, 10, 1, 0), _SINCE)
    )
    assert before == []


async def test_content_that_was_used_tells_what_became_of_its_leads(story: Story) -> None:
    used = {"content": key_of(_ROI)}
    subjects = [await _accepted(story) for _ in range(4)]
    for subject in subjects:
        await _log(story, subject, **used)
        await _log(story, subject, **used)
    for subject in subjects[:2]:
        await story.act(qualify, ANA, subject)
    await story.act(win, ANA, subjects[0], amount="1000")
    await story.act(release, ANA, subjects[3], reason="too_small")
    (found,) = await story.database.read(lambda s: content.used(s, _SINCE, _UNTIL))
    assert found == Used(
        campaign="spring-pricing", content=_ROI, leads=4, accepted=3, qualified=2, won=1
    )
    assert not await story.database.read(lambda s: content.used(s, _SINCE, _UNTIL, "webinar"))
