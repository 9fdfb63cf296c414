"""What a line of a score was seen in, where that tells more than its label."""

from leads.criteria import ScoreLine


def evidence(line: ScoreLine) -> str | None:
    """The line's evidence; None where the label says as much ("Downloaded the Pricing Guide")."""
    if line.evidence and line.evidence.casefold() in line.label.casefold():
        return None
    return line.evidence
