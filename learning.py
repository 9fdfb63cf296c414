"""The commands that learn from leads whose outcome is known: `learn` and `replay`.

numpy and what else learning takes are imported only when one of them runs: serving needs none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from composition import WrongSetup, read_settings
from console import WRONG_FILE, problems, screen, stop
from sources import lead_map
from storage import team_file
from storage.file_errors import FileError

if TYPE_CHECKING:
    from sources.outcome_csv import DecidedLeads

MapFile = Annotated[Path, typer.Option(help="Which column is which field, and which the outcome.")]
Volume = Annotated[
    float, typer.Option(min=0.01, max=0.95, help="The share of leads that reps can take.")
]


def learn(
    file: Annotated[Path, typer.Argument(help="A CSV file of leads whose outcome is known.")],
    map: MapFile,
    out: Annotated[Path, typer.Option(help="The agreement to write.")] = Path("agreement.toml"),
    volume: Volume = 0.3,
    force: Annotated[
        bool, typer.Option("--force", help="Write over an agreement that is there.")
    ] = False,
) -> None:
    """Learn first criteria from leads whose outcome is known, and write an agreement with them.
    What else it says are defaults with comments, to be edited."""
    from sources import first_criteria

    if out.exists() and not force:
        stop(f"{out} is there already. Name another file with --out, or add --force.", WRONG_FILE)
    decided = _decided(file, map)
    with _wrong_files(), problems.status("Looking for rules…"):
        found = first_criteria.learn(decided, volume)
        team_path = read_settings().team
        team = team_file.load(team_path) if team_path.exists() else None
        out.write_text(first_criteria.agreement_text(found, decided, team, file.name), "utf-8")
    screen.print(first_criteria.card_table(found, decided))
    for line in first_criteria.in_words(found, decided, out.name):
        screen.print(line, markup=False, soft_wrap=True)


def replay(
    file: Annotated[Path, typer.Argument(help="A CSV file of leads whose outcome is known.")],
    map: MapFile,
    warmup: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="The first share, of which all is known.")
    ] = 0.1,
    batch: Annotated[int, typer.Option(min=10, help="Leads between two retunes.")] = 500,
    volume: Volume = 0.3,
    explore: Annotated[
        float, typer.Option(min=0, max=0.5, help="The share offered by chance beside them.")
    ] = 0.05,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another run of luck.")] = 0,
    json: Annotated[
        Path | None, typer.Option(help="Write the numbers there too.", show_default="nowhere")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write a picture (PNG) there.", show_default="nowhere")
    ] = None,
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help="A control: the leads in an order of chance.")
    ] = False,
    coin_flip: Annotated[
        bool, typer.Option("--coin-flip", help="A control: outcomes by chance.")
    ] = False,
) -> None:
    """Say what Baton would have done with leads whose outcome is known. The first of them give
    criteria; then only those that reach reps give feedback, and the criteria are retuned after
    each batch as in production, against the first ones that stay as they are."""
    from sources import replay as replays
    from sources import replay_report
    from sources.replay_plan import Plan

    plan = Plan(warmup=warmup, batch=batch, volume=volume, explore=explore, seed=seed)
    decided = _decided(file, map)
    if shuffle:
        decided = replays.shuffled(decided, plan)
    if coin_flip:
        decided = replays.coin_flipped(decided, plan)
    with _wrong_files(), Progress(console=problems, transient=True) as progress:
        task = progress.add_task("Replaying", total=None)
        run = replays.replay(
            decided,
            plan,
            progress=lambda done, of: progress.update(task, completed=done, total=of),
        )
    screen.print(replay_report.batches_table(run))
    screen.print(replay_report.summary_table(run))
    for line in replay_report.in_words(run):
        screen.print(line, markup=False, soft_wrap=True)
    if json:
        json.write_text(dumps(replay_report.as_json(run), indent=2) + "\n", "utf-8")
    if plot:
        from sources import replay_picture

        replay_picture.draw(run, plot)


def _decided(file: Path, map_file: Path) -> "DecidedLeads":
    """The leads of a file whose outcome is known; tells of rows that were left out."""
    from sources import outcome_csv

    with _wrong_files(), Progress(console=problems, transient=True) as progress:
        size = file.stat().st_size if file.exists() else None
        task = progress.add_task(f"Reading {file.name}", total=size)
        decided = outcome_csv.read(
            file, lead_map.load(map_file), lambda read: progress.update(task, completed=read)
        )
    for bad in decided.bad[:_MOST_TOLD]:
        problems.print(f"line {bad.line}: {bad.reason}", style="yellow", markup=False)
    if len(decided.bad) > _MOST_TOLD:
        problems.print(f"… and {len(decided.bad) - _MOST_TOLD:,} more", style="yellow")
    if decided.bad:
        problems.print(f"{len(decided.bad):,} rows left out, {len(decided):,} taken.")
    if decided.undecided:
        problems.print(f"{decided.undecided:,} leads without an outcome left out.")
    return decided


_MOST_TOLD = 5


@contextmanager
def _wrong_files() -> Iterator[None]:
    """Ends with code 2 and one line where a file can't be learned from."""
    from sources.outcome_csv import NothingToLearn

    try:
        yield
    except (WrongSetup, FileError, NothingToLearn) as error:
        stop(str(error), WRONG_FILE)
