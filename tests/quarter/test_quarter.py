"""Twelve weeks of forty reps on a fake clock, at whose end every promise is accounted for.

`QUARTER_LEADS` says how many leads come; the usual number fits into every run of the tests."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commands.clocks import holidays_of
from leads import periods
from leads.agreement import OnLeave
from leads.periods import Period
from leads.worktime import calendar_of
from tests.commands import test_figures_recomputed as figures
from tests.commands.recount import Recount, below_zero, day_of
from tests.quarter.inline import InlineDatabase
from tests.quarter.promises import CHECKS, Account
from tests.quarter.quarter import Quarter

_USUAL = 100


@pytest.fixture
async def inline(migrated_file: Path, tmp_path: Path) -> AsyncIterator[InlineDatabase]:
    """A database whose units of work are done at once."""
    opened = InlineDatabase(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'quarter.db')}")
    yield opened
    await opened.close()


@pytest.mark.timeout(420)  # a third of a minute on a quiet machine
@pytest.mark.parametrize(("on_leave", "seed"), [(OnLeave.MOVE, 7), (OnLeave.PAUSE, 11)])
async def test_a_quarter_ends_with_every_promise_accounted_for(
    inline: InlineDatabase, on_leave: OnLeave, seed: int
) -> None:
    leads = int(os.environ.get("QUARTER_LEADS", _USUAL))
    quarter = await Quarter.of(inline, leads=leads, seed_of_lot=seed, on_leave=on_leave)
    await quarter.live()
    account = await Account.of(quarter)
    _check_enough_happened(account)
    broken = {check.__name__: found for check in CHECKS if (found := list(check(account)))}
    assert not broken
    await _check_figures(account)


def _check_enough_happened(account: Account) -> None:
    quarter = account.quarter
    acts = {line.act for line in account.history}
    assert {"reminded", "escalated", "marked", "reassigned", "accepted", "rejected"} <= acts
    assert {"passed", "snoozed", "undone", "extended", "answered", "contested"} <= acts
    assert quarter.received == quarter.leads
    assert quarter.chat.refused > 10
    assert quarter.chat.throttled > 5
    assert quarter.chat.lost > 5
    assert quarter.watch.climbed > quarter.leads


async def _check_figures(account: Account) -> None:
    """Every figure equals a recount of the rows."""
    story = account.quarter.story
    recount = await Recount.of(story)
    counted = LeaveCounted(**vars(recount), account=account)
    today = day_of(story.clock.now)
    for first in (periods.BEGINNING, today - timedelta(days=29)):
        checked = figures.Checked(story, counted, Period(label="x", first=first, last=today))
        await figures.check_quality(checked)
        await figures.check_reasons(checked)
        await figures.check_funnel(checked)
        await figures.check_velocity(checked)
        await figures.check_sla(checked)
        await figures.check_reps(checked)
        await figures.check_campaigns(checked)
        await figures.check_goals(checked)
    assert not await below_zero(story)


@dataclass
class LeaveCounted(Recount):
    """A recount that knows of the leave that was told by the moment of each act."""

    account: Account = field(kw_only=True)

    def worked(self, rep: str, since: datetime, until: datetime) -> timedelta:
        person = self.story.setup.team.find(rep)
        assert person is not None
        known = replace(person, leave=self.account.leave_of(person, until))
        calendar = calendar_of(known, holidays_of(self.story.setup.agreement.holidays))
        return timedelta(seconds=int(calendar.between(since, until).total_seconds()))
