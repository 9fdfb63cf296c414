"""A no with a reason: what the form asks, where the lead goes, who is told."""

import pytest

from cards.model import Choice, DateInput, Form, TextInput
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.reject_lead import ask, reject
from commands.reply import Ask, Correct, Nothing
from leads.lifecycle import HandoffState, Stage
from storage.tables import CopyRow, FeedbackRow
from tests.commands.story import ANA, BEN, MAX, MIA, REASONS, Story, local, setup_of, words_of


def _form(reply: object) -> Form:
    assert isinstance(reply, Ask)
    return reply.form


async def test_the_form_has_the_agreements_reasons_and_asks_only_what_a_reason_needs(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    form = _form(await story.act(ask, ANA, offered.subject))
    (choice,) = [block for block in form.blocks if isinstance(block, Choice)]
    assert [option.value for option in choice.options] == [one.code for one in REASONS]
    asked = {code: [type(one) for one in inputs] for code, inputs in choice.then.items()}
    assert asked == {
        "not_now": [DateInput],
        "territory": [Choice],
        "duplicate": [TextInput],
        "other": [TextInput],
    }


async def test_a_redrawn_form_keeps_the_reason_chosen(story: Story) -> None:
    offered = await story.offer(ANA)
    form = _form(await story.act(ask, ANA, offered.subject, reason="not_now"))
    (choice,) = [block for block in form.blocks if isinstance(block, Choice)]
    assert choice.initial == "not_now"
    form = _form(await story.act(ask, ANA, offered.subject, reason="made up"))
    (choice,) = [block for block in form.blocks if isinstance(block, Choice)]
    assert choice.initial is None


async def test_a_reason_of_fit_closes_the_lead_and_marketing_hears_in_the_thread(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    assert await story.act(reject, ANA, offered.subject, reason="too_small") == Nothing()
    assert (await story.lead(offered.lead)).stage == Stage.DISQUALIFIED
    (feedback,) = await story.all(FeedbackRow)
    assert (feedback.reason, feedback.reason_label, feedback.teaches) == (
        "too_small",
        "Company too small",
        "fit",
    )
    ((where, said),) = await story.told(CardKind.REJECTION)
    assert where == "channel:#handoffs"
    assert "Ana Ortiz rejected this lead: Company too small. It's closed." in said
    assert "Max Stein, it came from Spring pricing" in said
    (notice,) = await story.all(CopyRow, CopyRow.kind == "rejection")
    (line,) = await story.all(CopyRow, CopyRow.kind == "handoff_line")
    assert notice.thread_of == line.id
    assert "rejected: Company too small" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def test_the_owner_of_the_campaign_is_not_mentioned_for_their_own_rejection(
    story: Story,
) -> None:
    import dataclasses

    from leads.person import Role

    both = dataclasses.replace(MAX, roles=frozenset({Role.MARKETER, Role.REP}))
    story.setup = setup_of(both, MIA)
    offered = await story.offer(both)
    await story.act(reject, both, offered.subject, reason="too_small")
    ((_, said),) = await story.told(CardKind.REJECTION)
    assert "it came from" not in said


async def test_not_now_rests_until_the_morning_of_the_date(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="not_now", until="2026-12-14")
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.recycle_at) == (Stage.RECYCLED, local(2026, 12, 14, 9))
    assert "It comes back" in await story.shown(CardKind.BATTLE_CARD, offered.handoff)


@pytest.mark.parametrize(
    ("reason", "comes_back"),
    [
        ("later", local(2027, 2, 22, 9)),  # 90 days on is a Sunday
        ("bad_data", None),
    ],
)
async def test_other_reasons_have_their_own_rest(
    story: Story, reason: str, comes_back: object
) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason=reason)
    lead = await story.lead(offered.lead)
    if reason == "later":
        story.clock.advance(days=90)
        assert lead.recycle_at is not None
        assert lead.recycle_at >= story.clock.now
    else:
        assert lead.recycle_at == comes_back
    assert lead.stage == Stage.RECYCLED


async def test_wrong_territory_goes_to_the_colleague_named(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="territory", person=BEN.email)
    first, second = await story.handoffs(offered.lead)
    assert (second.rep, second.previous, second.state) == (BEN.email, first.id, "offered")
    assert "Ana Ortiz says it is for you (Wrong territory)" in second.why
    ((_, said),) = await story.told(CardKind.REJECTION)
    assert "It goes to Ben Weber" in said
    lines = await story.all(CopyRow, CopyRow.kind == "handoff_line")
    assert len(lines) == 1
    assert "→ Ben Weber" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def test_wrong_territory_without_a_name_never_goes_back_to_who_had_it(
    story: Story,
) -> None:
    offered = await story.offer()
    seen = []
    for _ in range(3):
        newest = (await story.handoffs(offered.lead))[-1]
        seen.append(newest.rep)
        rep = story.setup.team.find(newest.rep)
        assert rep is not None
        await story.act(reject, rep, str(newest.id), reason="territory")
    assert len(set(seen)) == 3
    last = (await story.handoffs(offered.lead))[-1]
    assert last.rep == MIA.email  # the fallback: every rep had it


async def test_a_duplicate_is_linked_by_number_email_or_name(story: Story) -> None:
    kept = await story.offer(BEN, email="grace@globex.example", search="grace hopper globex")
    for said in (str(kept.lead), f"#{kept.lead}", "Grace@globex.example", "grace hop", "L-1"):
        offered = await story.offer(ANA)
        reply = await story.act(reject, ANA, offered.subject, reason="duplicate", lead=said)
        assert reply == Nothing(), words_of(reply)
        lead = await story.lead(offered.lead)
        assert (lead.stage, lead.duplicate_of) == (Stage.DISQUALIFIED, kept.lead)


@pytest.mark.parametrize(
    ("values", "mended"),
    [
        ({}, "reason: reason_missing"),
        ({"reason": "made up"}, "reason: reason_missing"),
        ({"reason": "not_now"}, "until: date_missing"),
        ({"reason": "not_now", "until": "soon"}, "until: date_missing"),
        ({"reason": "not_now", "until": "2026-11-23"}, "until: date_past"),
        ({"reason": "not_now", "until": "9999-12-31"}, "until: date_far"),
        ({"reason": "duplicate"}, "lead: lead_missing"),
        ({"reason": "duplicate", "lead": "nobody"}, "lead: lead_unknown"),
        ({"reason": "duplicate", "lead": "%"}, "lead: lead_unknown"),
        ({"reason": "duplicate", "lead": "9" * 30}, "lead: lead_unknown"),
        ({"reason": "duplicate", "lead": "ada"}, "lead: lead_several"),
        ({"reason": "duplicate", "lead": "L-3"}, "lead: lead_same"),
        ({"reason": "territory", "person": MIA.email}, "person: person_unknown"),
        ({"reason": "territory", "person": ANA.email}, "person: person_same"),
        ({"reason": "other", "text": "  "}, "text: text_missing"),
    ],
)
async def test_a_wrong_answer_keeps_the_form_open_and_changes_nothing(
    story: Story, values: dict[str, str], mended: str
) -> None:
    await story.offer(BEN)
    await story.offer(BEN)
    offered = await story.offer(ANA)
    reply = await story.act(reject, ANA, offered.subject, **values)
    assert isinstance(reply, Correct)
    assert words_of(reply) == mended
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED
    assert await story.all(FeedbackRow) == []


async def test_two_leads_are_never_linked_in_a_circle(story: Story) -> None:
    one, other = await story.offer(ANA), await story.offer(ANA)
    linked = {"reason": "duplicate", "lead": str(other.lead)}
    await story.act(reject, ANA, one.subject, **linked)
    back = {"reason": "duplicate", "lead": str(one.lead)}
    reply = await story.act(reject, ANA, other.subject, **back)
    assert words_of(reply) == "lead: lead_circle"


async def test_words_of_a_rejection_are_kept_and_quoted(story: Story) -> None:
    offered = await story.offer(ANA)
    text = "Wants a job <!channel> "
    await story.act(reject, ANA, offered.subject, reason="other", text=text)
    (feedback,) = await story.all(FeedbackRow)
    assert feedback.answer == "Wants a job <!channel>"
    ((_, said),) = await story.told(CardKind.REJECTION)
    assert "“Wants a job" in said


async def test_second_reject_shows_the_first_decision(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, MIA, offered.subject)
    told = words_of(await story.act(reject, ANA, offered.subject, reason="too_small"))
    assert "Mia Chen accepted Ada Byron" in told
    assert "Mia Chen accepted" in words_of(await story.act(ask, ANA, offered.subject))


async def test_a_form_sent_twice_by_the_same_person_is_harmless(story: Story) -> None:
    offered = await story.offer(ANA)
    for _ in range(2):
        assert await story.act(reject, ANA, offered.subject, reason="too_small") == Nothing()
    assert len(await story.all(FeedbackRow)) == 1
    assert len(await story.told(CardKind.REJECTION)) == 1


async def test_the_reason_is_counted_on_the_day_of_the_offer(story: Story) -> None:
    offered = await story.offer(ANA)
    story.clock.advance(days=2)
    await story.act(reject, ANA, offered.subject, reason="too_small")
    tallies = await story.tallies()
    assert tallies["rejected", "reason", "too_small"] == 1
    assert tallies["rejected", "rep", ANA.email] == 1
