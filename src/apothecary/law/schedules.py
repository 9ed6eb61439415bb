"""Which schedule counts where federal law and a state differ."""

from datetime import date

from apothecary.law.tables import federal


def strictest_schedule(federal_schedule: int, state_schedule: int, *, on: date) -> int:
    """The schedule a drug is treated as: the stricter of both, 0 when neither controls it.

    C-I is the strictest, C-V the mildest (21 USC 903 leaves a state free to be stricter).
    """
    if not federal("DEA-002", on=on).yes():
        return federal_schedule
    controlled = [schedule for schedule in (federal_schedule, state_schedule) if schedule]
    return min(controlled, default=0)
