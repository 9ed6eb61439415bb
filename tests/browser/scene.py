"""A busy hour at the demo pharmacy: something at every stage, on every screen."""

from collections.abc import Callable
from dataclasses import dataclass

from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Fill, Somebody, datamatrix
from journeys.walk import Team

ARRIVING = (
    ("azithromycin 250", "Jamal Foster"), ("atorvastatin calcium 20", "Stephen Gilmore"),
    ("sertraline 50", "Katelyn Parrish"), ("amoxicillin 500", "Thanh Nguyen"),
    ("lisinopril 10", "Miguel Ortega"),
)  # fmt: skip
WAITING = (
    ("metformin hydrochloride 500", "Hector Garza"), ("prednisone 20", "Nora Fitzgerald"),
    ("montelukast 10", "Alejandra Mendez"), ("furosemide 40", "Howard Ramsey"),
    ("cephalexin 500", "Daniel Kim"), ("ondansetron 4", "Kimberly Dawson"),
)  # fmt: skip
BAGS = (
    ("atenolol 50", "Andre Baptiste", "A3"), ("meloxicam 15", "Patricia Gaines", "B1"),
    ("zolpidem tartrate 5", "Ingrid Brandt", "C4"), ("naproxen 500", "Ingrid Brandt", "C4"),
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """The fills and arrivals that the screens are opened on."""

    entry: int
    rejected: Fill
    reviewed: Fill
    waiting: Fill
    scanned: Fill
    labelled: Fill
    wrong: Fill
    checked: Fill
    bag: Fill
    binless: Fill
    short: Fill
    sold: Fill
    sale: int
    patient: int
    lot: int


def set_scene(house: House) -> Scene:
    """Walk the prescriptions of an hour to where they stand (over HTTP, as everybody does)."""
    doctors, tess = Doctors(house), Somebody(house, "tech")
    team = Team(doctors, tess, Somebody(house, "rph"))
    # Waiting for the payer first, in a row: the house does the rest meanwhile.
    rejected = entered(team, "rosuvastatin calcium 10", "Rosa Alvarado")
    reviewed = entered(team, "amoxicillin 500", "Walter Abernathy")
    payer_says = tess.waits_for(rejected, "rejected")
    stood = [team.has(drug, who, until="waiting")[1] for drug, who in WAITING]
    for drug, who, bin_name in BAGS:
        tess.bins(team.has(drug, who, until="ready")[1], bin_name)
    bag = team.has("tamsulosin", "Darnell Jackson", until="ready")[1]
    tess.bins(bag, "D2")
    sold = team.has("famotidine 20", "Oscar Villarreal", until="ready")[1]
    sale = tess.sells(sold)
    scanned, labelled, wrong = stood[0], stood[1], stood[2]
    at_the_counter(tess, scanned, labelled, wrong)
    arrivals = [doctors.prescribe(drug, who) for drug, who in ARRIVING]
    doctors.flawed("two-patients")
    return Scene(
        entry=tess.arrival(arrivals[1])["id"],
        rejected=payer_says,
        reviewed=tess.waits_for(reviewed, "review"),
        waiting=stood[3],
        scanned=scanned,
        labelled=labelled,
        wrong=wrong,
        checked=team.has("warfarin sodium 5", "Beverly Washington", until="check")[1],
        bag=bag,
        binless=team.has("clopidogrel", "Courtney Tate", until="ready")[1],
        short=out_of_stock(team),
        sold=sold,
        sale=sale["id"],
        patient=tess.reads(f"/fills/{bag.id}")["patient_id"],
        lot=tess.lots(bag.ndc)[0]["id"],
    )


def entered(team: Team, drug: str, patient: str) -> Fill:
    return team.tess.enters(team.doctors.prescribe(drug, patient))


def out_of_stock(team: Team) -> Fill:
    """One whose bottle is not where the books say."""
    tess = team.tess
    posted = team.doctors.prescribe("gabapentin 300", "Brenda Lawson")
    fill = team.brings(tess.enters(posted), until="waiting")
    tess.does(
        f"/fills/{fill.id}/short", {"because": "the shelf is empty, ordered for tomorrow"}
    )
    return tess.sees(fill)


def at_the_counter(tess: Somebody, scanned: Fill, labelled: Fill, wrong: Fill) -> None:
    """Three fills in hand: one with its bottle, one with its label, one with a wrong bottle."""
    for fill in (scanned, labelled, wrong):
        tess.does(f"/fills/{fill.id}/start")
    for fill in (scanned, labelled):
        tess.does(f"/fills/{fill.id}/scan", {"code": tess.bottle(fill)})
    tess.does(f"/fills/{labelled.id}/count", {"quantity": str(labelled.quantity)})
    tess.does(f"/fills/{labelled.id}/label")
    other = tess.lots("65862-008-01")[0]
    code = datamatrix("65862-008-01", other["lot"], other["expires_on"])
    tess.does(f"/fills/{wrong.id}/scan", {"code": code})


@dataclass(frozen=True)
class Screen:
    """A screen by name: whose it is and where it stands in this scene."""

    name: str
    path: Callable[[Scene], str]
    who: str = "tech"


SCREENS = (
    Screen("signin", lambda s: "/signin", who=""),
    Screen("workstation", lambda s: "/"),
    Screen("intake", lambda s: "/intake/"),
    Screen("entry", lambda s: f"/intake/{s.entry}/"),
    Screen("new-by-hand", lambda s: "/intake/new"),
    Screen("screening", lambda s: "/screening/", who="rph"),
    Screen("review", lambda s: f"/screening/{s.reviewed.id}/", who="rph"),
    Screen("rejects", lambda s: "/claims/"),
    Screen("reject", lambda s: f"/claims/fill/{s.rejected.id}/"),
    Screen("filling", lambda s: "/filling/"),
    Screen("fill", lambda s: f"/filling/{s.labelled.id}/"),
    Screen("count", lambda s: f"/filling/{s.scanned.id}/"),
    Screen("wrong-bottle", lambda s: f"/filling/{s.wrong.id}/"),
    Screen("short", lambda s: f"/filling/{s.short.id}/short"),
    Screen("checks", lambda s: "/verification/", who="rph"),
    Screen("check", lambda s: f"/verification/{s.checked.id}/", who="rph"),
    Screen("will-call", lambda s: "/pickup/"),
    Screen("bin", lambda s: f"/pickup/bag/{s.binless.id}/bin"),
    Screen("sale", lambda s: f"/pickup/bag/{s.bag.id}/"),
    Screen("receipt", lambda s: f"/pickup/sale/{s.sale}/"),
    Screen("returns", lambda s: "/pickup/returns"),
    Screen("prescription", lambda s: f"/rx/{s.sold.rx_number}/"),
    Screen("patient", lambda s: f"/patients/{s.patient}/"),
    Screen("shelf", lambda s: "/stock/"),
    Screen("lot", lambda s: f"/stock/lot/{s.lot}/"),
    Screen("people", lambda s: "/people/", who="pic"),
)
