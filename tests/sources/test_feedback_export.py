"""Decisions go out with what the other side answered."""

import csv
import io
import json

import pytest

from commands.rejections.answering import answer
from commands.rejections.judging import judge
from commands.undo_decision import undo
from sources.feedback_export import Format, export_feedback
from storage.database import Database
from tests.commands.rejecting import accepted, answering, contested, rejected
from tests.commands.story import ANA, MAX, MIA, Story, setup_of
from tests.conftest import Clock


@pytest.fixture
async def story(database: Database, clock: Clock) -> Story:
    begun = Story(database=database, clock=clock, setup=setup_of())
    await begun.begin()
    return answering(begun)


def _export(story: Story, format: Format) -> str:
    out = io.StringIO()
    export_feedback(story.database, out, format)
    return out.getvalue()


async def test_answers_disputes_and_verdicts_stand_in_new_columns_at_the_end(story: Story) -> None:
    found = await contested(story)
    await story.act(answer, MAX, found.subject, answer="disagree", text="=1+1")
    await story.act(judge, MIA, found.subject, verdict="overturned", text="Big enough")
    await accepted(story)
    rows = list(csv.DictReader(io.StringIO(_export(story, Format.CSV))))
    assert list(rows[0])[-14:] == [
        "fields",
        "answer_owner",
        "answer_by",
        "marketing_answer",
        "marketing_answer_text",
        "answered_by",
        "answered_at",
        "evidence",
        "disputed_by",
        "disputed_at",
        "verdict",
        "verdict_why",
        "verdict_by",
        "verdict_at",
    ]
    first, verdict, last = rows
    assert (first["decision"], first["marketing_answer"], first["marketing_answer_text"]) == (
        "rejected",
        "disagree",
        "'=1+1",
    )
    assert (first["evidence"], first["verdict"], first["verdict_by"]) == (
        "Their site says 140 people",
        "overturned",
        MIA.email,
    )
    assert (verdict["decision"], verdict["reason"], verdict["answer"]) == (
        "overturned",
        "too_small",
        "Big enough",
    )
    assert verdict["score"] == first["score"]
    assert (last["decision"], last["marketing_answer"]) == ("accepted", "")


async def test_a_line_of_json_has_them_where_there_is_a_rejection(story: Story) -> None:
    await rejected(story)
    undone = await rejected(story)
    await story.act(undo, ANA, str(undone.handoff))
    kept, taken_back = map(json.loads, _export(story, Format.JSONL).splitlines())
    assert kept["answer_owner"] == MAX.email
    assert (kept["marketing_answer"], kept["verdict"], kept["undone"]) == (None, None, False)
    assert taken_back["undone"]
    assert "marketing_answer" not in taken_back
