"""The paper of what is kept how long; and of the three files of paper prescriptions."""

from apothecary.law.filing import FilingFacts, filing_problems
from apothecary.law.problem import Problem
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper
from apothecary.vault.keeping.kinds import Kept, kept
from apothecary.vault.paper import Column, Paper

COLUMNS = (
    Column("Record", 160), Column("Kept", 104), Column("By", 170),
    Column("Held", 44, right=True), Column("Oldest", 54), Column("Where", 90),
    Column("Deletion", 98),
)  # fmt: skip
NO_PURGE = (
    "Nothing in this house deletes a record of these kinds: there is no purge, at any age. "
    "The last column names the trigger by which the database refuses it."
)


def retention_paper(by: Worker, said: Said) -> Paper:
    """Each kind of record: how long, by which rule, how many, since when, where."""
    house = house_of(by)
    rows = kept(house.row, today=by.today)
    return Paper(
        title="Records: how long each kind is kept",
        head=[*house.head, ("As of", f"{by.today:%m/%d/%Y}")],
        columns=COLUMNS,
        rows=[row_of(each) for each in rows],
        below=[NO_PURGE, *(problem.says for problem in missing(rows)), *filing_says(by)],
    )


def row_of(each: Kept) -> tuple[str, ...]:
    """A kind on one row."""
    rules = "; ".join(f"{rule.years} y {rule.cite} ({rule.verified})" for rule in each.rules)
    oldest = f"{each.oldest:%m/%d/%Y}" if each.oldest else ""
    lies = each.kind.file or each.kind.lies
    guard = each.guard or "nothing refuses it"
    return (each.kind.title, each.says, rules, str(each.rows), oldest, lies, guard)


def missing(rows: list[Kept]) -> list[Problem]:
    """What is not on file of the state, each once."""
    return list(dict.fromkeys(problem for each in rows for problem in each.unknown))


def filing_says(by: Worker) -> list[str]:
    """Why the files are three, in the words of the law."""
    together = filing_problems(FilingFacts(schedule=2, with_others=True), on=by.today)
    unmarked = FilingFacts(schedule=4, with_others=True, found_by_number=False)
    marked = filing_problems(unmarked, on=by.today)
    return [f"{each.says} {each.cite} ({each.verified})" for each in [*together, *marked]]


PAPER = add_paper(
    InspectorPaper(
        "retention",
        "Records and how long they are kept",
        "Each kind: its rule, how many there are, the oldest, where it lies.",
        "21 CFR 1304.04",
        Duty.READ_RECORDS,
        retention_paper,
    )
)
