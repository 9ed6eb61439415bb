"""The plain way of a prescription, as far as a story needs it before it begins."""

from dataclasses import dataclass

from journeys.outside import Doctors, Posted
from journeys.people import Fill, Somebody


@dataclass(frozen=True)
class Team:
    """Who works on a plain day: the doctors outside, technician and pharmacist inside."""

    doctors: Doctors
    tess: Somebody
    rita: Somebody

    def has(self, drug: str, patient: str, *, until: str) -> tuple[Posted, Fill]:
        """A new prescription, taken along the plain way to a state."""
        posted = self.doctors.prescribe(drug, patient)
        return posted, self.brings(self.tess.enters(posted), until=until)

    def brings(self, fill: Fill, *, until: str) -> Fill:
        """Take an entered fill on to a state; a review is settled on the way."""
        fill = self.tess.waits_for(fill, "waiting", "review")
        if fill.state == "review":
            self.rita.reviews(fill)
            fill = self.tess.waits_for(fill, "waiting")
        if until == "waiting":
            return fill
        self.tess.does(f"/fills/{fill.id}/start")
        if until == "filling":
            return self.tess.sees(fill)
        fill = self.tess.finishes_filling(fill)
        if until == "check":
            return fill
        fill = self.rita.approves(fill)
        if until == "ready":
            return fill
        self.tess.bins(fill)
        self.tess.sells(fill)
        return self.tess.sees(fill)
