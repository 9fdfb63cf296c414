"""Proposals in every state, for the golden files of their card and page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cards.model import Card, Mention
from cards.proposal_backtest import backtest_page
from cards.proposal_card import proposal_card
from cards.proposal_view import (
    ChangeLine,
    ExampleLead,
    Examples,
    Given,
    Needed,
    ProposalView,
    TrialView,
)
from leads.proposals import Calibrated, Proof, ProposalState, Side, week_of
from leads.rates import Rate

_AT = datetime(2026, 11, 23, 10, 2, tzinfo=UTC)
_NOAH = Mention(name="Noah Lind", email="noah@acme.example")
_MIA = Mention(name="Mia Keller", email="mia@acme.example")
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` {{ 7*7 }} \u202e\u0000"

_PROOF = Proof(
    first_week=week_of(date(2026, 9, 28)),
    last_week=week_of(date(2026, 11, 16)),
    weeks=8,
    n=642,
    explored=31,
    volume=0.34,
    before=0.62,
    after=0.661,
    delta=0.041,
    low=0.012,
    high=0.068,
    slope=0.93,
    is_whole=True,
    rejected_avoided=(1, 2, 3),
    accepted_lost=(4,),
    all_avoided=31,
    all_lost=6,
    volume_before=40.4,
    volume_after=41.2,
    calibration=(
        Calibrated(low=-20, high=12, n=130, expected=0.14, accepted=0.11),
        Calibrated(low=13, high=31, n=127, expected=0.31, accepted=0.33),
        Calibrated(low=32, high=48, n=131, expected=0.48, accepted=0.5),
        Calibrated(low=49, high=66, n=126, expected=0.66, accepted=0.62),
        Calibrated(low=67, high=110, n=128, expected=0.83, accepted=0.86),
    ),
    auc_before=0.79,
    auc_card=0.842,
    auc_unrounded=0.851,
    unknown_below=20,
)


def _leads(*names: str, first: int = 17, n: int) -> Examples:
    leads = tuple(
        ExampleLead(lead_id=first + at, name=name, company="Initech" if at % 2 == 0 else None)
        for at, name in enumerate(names)
    )
    return Examples(leads=leads, n=n)


_OPEN = ProposalView(
    id=3,
    state=ProposalState.OPEN,
    version=8,
    base=7,
    threshold_before=60,
    threshold=58,
    changes=(
        ChangeLine(
            label="Company size: 20 or less",
            before=None,
            after=-10,
            reasons={"Company too small": 9, "No budget": 2},
        ),
        ChangeLine(label="Downloaded the Pricing Guide", before=25, after=30, reasons={}),
        ChangeLine(label="Student or free mailbox", before=-15, after=-20, reasons={"Student": 4}),
        ChangeLine(label="Attended a webinar", before=5, after=None, reasons={"Not now": 7}),
    ),
    proof=_PROOF,
    moves_in=_leads("Ada Byron", "Grace Hopper", "Edsger Dijkstra", "Joan Clarke", n=38),
    moves_out=_leads("Alan Turing", "Mary Somerville", first=27, n=44),
    avoided=_leads("Charles Babbage", "Kurt Gödel", "Emmy Noether", first=37, n=31),
    lost=_leads("Alonzo Church", "Hedy Lamarr", first=47, n=2),
    learned_from=1280,
    needed=(
        Needed(side=Side.MARKETING, names=("Noah Lind",), n=1),
        Needed(side=Side.SALES, names=("Mia Keller", "Otto Brandt"), n=2),
    ),
)
_HALF = replace(
    _OPEN,
    given=(Given(side=Side.MARKETING, by=_NOAH, at=_AT),),
    needed=(Needed(side=Side.SALES, names=("Mia Keller", "Otto Brandt"), n=5),),
)
_APPROVED = replace(
    _OPEN,
    state=ProposalState.ACTIVATED,
    given=(
        Given(side=Side.MARKETING, by=_NOAH, at=_AT),
        Given(side=Side.SALES, by=_MIA, at=_AT + timedelta(hours=2)),
    ),
    needed=(),
    decided_by=_MIA,
    decided_at=_AT + timedelta(hours=2),
)
_TRIAL = TrialView(
    share=0.2,
    since=_AT,
    until=_AT + timedelta(weeks=4),
    by=_MIA,
    in_force=Rate(successes=61, n=98),
    challenger=Rate(successes=19, n=26),
    delta=0.108,
    low=-0.102,
    high=0.27,
)
_RUNNING = replace(_OPEN, state=ProposalState.RUNNING, trial=_TRIAL)
_EDITED = replace(
    _OPEN,
    edited_by=_NOAH,
    proof=replace(_PROOF, delta=0.004, low=-0.021, high=0.03),
    lost=Examples(),
)
_FULL = replace(
    _HALF,
    changes=tuple(
        ChangeLine(
            label=f"Rule {n} with a label as long as those found in the data are at times",
            before=n - 10 if n % 3 else None,
            after=None if n % 3 == 1 and n % 2 == 0 else n,
            reasons={"Company too small": n, "Something else": 2, "Not a fit": 1},
        )
        for n in range(1, 21)
    ),
    moves_in=_leads(*(f"Ada Byron-Lovelace {n} of Ockham" for n in range(10)), n=120),
    avoided=_leads(*(f"Charles Babbage {n} of Walworth" for n in range(10)), n=120),
    lost=_leads(*(f"Alonzo Church {n} of Princeton" for n in range(10)), n=120),
)
_HOSTILE = replace(
    _HALF,
    changes=(
        ChangeLine(label=_NASTY * 9, before=None, after=5, reasons={_NASTY: 3}),
        *_OPEN.changes[1:],
    ),
    moves_in=_leads(_NASTY, _NASTY * 20, n=2),
    needed=(Needed(side=Side.SALES, names=(_NASTY,), n=1),),
    edited_by=Mention(name=_NASTY, email="x@acme.example"),
)
_DECLINED = replace(
    _OPEN,
    state=ProposalState.DECLINED,
    needed=(),
    decided_by=_MIA,
    decided_at=_AT,
    why="Small companies are what we want next year.",
)
_STALE = replace(_OPEN, state=ProposalState.STALE, needed=())
_MOVED = ("moves_in", "moves_out", "avoided", "lost")
_NONE = replace(_OPEN, state=ProposalState.NOTHING, changes=(), needed=(), proof=None)

EXAMPLES: Mapping[str, Card] = {
    "asked": proposal_card(replace(_NONE, state=ProposalState.ASKED)),
    "open": proposal_card(_OPEN),
    "open_for_reader": proposal_card(replace(_OPEN, may_decide=False)),
    "half_approved": proposal_card(_HALF),
    "first_step": proposal_card(replace(_OPEN, proof=replace(_PROOF, is_whole=False))),
    "edited_and_in_work": proposal_card(
        replace(_EDITED, state=ProposalState.WORKING, proof=None, needed=())
    ),
    "edited": proposal_card(_EDITED),
    "restores": proposal_card(
        replace(
            _OPEN,
            restores=6,
            proof=None,
            **{name: Examples() for name in _MOVED},  # type: ignore[arg-type]
        )
    ),
    "activated": proposal_card(_APPROVED),
    "activated_long_ago": proposal_card(replace(_APPROVED, is_in_force=False)),
    "declined": proposal_card(_DECLINED),
    "running": proposal_card(_RUNNING),
    "running_early": proposal_card(
        replace(
            _RUNNING,
            trial=replace(
                _TRIAL,
                in_force=Rate(successes=1, n=3),
                challenger=Rate(successes=0, n=0),
                delta=None,
                low=-1.0,
                high=1.0,
            ),
        )
    ),
    "running_over": proposal_card(
        replace(
            _RUNNING,
            trial=replace(_TRIAL, low=0.012, is_over=True),
            given=_HALF.given,
            needed=_HALF.needed,
        )
    ),
    "trial_ended": proposal_card(replace(_DECLINED, trial=_TRIAL, why="No difference.")),
    "stale": proposal_card(replace(_STALE, why="newer_decisions", again=True)),
    "stale_by_newer_criteria": proposal_card(replace(_STALE, why="newer_criteria")),
    "stale_return": proposal_card(replace(_STALE, why="newer_criteria", restores=6, proof=None)),
    "stale_trial": proposal_card(replace(_STALE, why="no_verdict", again=True)),
    "nothing_no_gain": proposal_card(
        replace(_NONE, why="no_gain", proof=replace(_PROOF, delta=0.011, low=-0.02, high=0.04))
    ),
    "edited_without_proof": proposal_card(
        replace(_EDITED, proof=None, **{name: Examples() for name in _MOVED})  # type: ignore[arg-type]
    ),
    "edited_too_late": proposal_card(replace(_NONE, why="newer_criteria")),
    "nothing_no_change": proposal_card(replace(_NONE, why="no_change")),
    "nothing_too_few": proposal_card(replace(_NONE, why="too_few", learned_from=143, fewest=200)),
    "nothing_too_alike": proposal_card(replace(_NONE, why="too_few", learned_from=212, fewest=200)),
    "full": proposal_card(_FULL),
    "backtest": backtest_page(_OPEN, _PROOF),
    "backtest_full": backtest_page(_FULL, _PROOF),
    "hostile": proposal_card(_HOSTILE),
}
