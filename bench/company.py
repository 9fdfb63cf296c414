"""A made-up company to measure with: its files in a folder."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.names import HOUSE, MANAGER, rep
from commands.context import Setup
from composition import Settings, read_files
from leads.agreement import Goal
from storage import agreement_file


def found(folder: Path, reps: int) -> Setup:
    """Writes the company's files: the agreement of this repository in UTC, and reps who always
    work and take everything."""
    agreement = agreement_file.load(HOUSE / "agreement.toml")
    goal = Goal(period=str(datetime.now(UTC).year), mqls=1_000_000, pipeline=10**9, revenue=10**8)
    ours = replace(agreement, timezone="UTC", fallback=MANAGER, goals=(goal,))
    (folder / "agreement.toml").write_text(agreement_file.dump(ours), "utf-8")
    people = [
        f'[[people]]\nname = "Rep {number}"\nemail = "{rep(number)}"\nroles = ["rep"]\n'
        f'hours = ["Mon-Sun 00:00-24:00"]\ncapacity = 100000\n'
        for number in range(reps)
    ]
    people.append(
        f'[[people]]\nname = "Mia Keller"\nemail = "{MANAGER}"\nroles = ["manager"]\n'
        'hours = ["Mon-Sun 00:00-24:00"]\n'
    )
    head = '[channels]\nhandoffs = "#lead-handoffs"\n'
    (folder / "team.toml").write_text("\n".join([head, *people]), "utf-8")
    return read_files(settings(folder, folder / "unused.db"))[0]


def settings(folder: Path, database: Path) -> Settings:
    """The settings of the company, without a chat."""
    return Settings.model_validate(
        {
            "database_url": f"sqlite:///{database}",
            "agreement": folder / "agreement.toml",
            "team": folder / "team.toml",
            "campaigns": folder / "campaigns.toml",
        }
    )
