"""A busy hour at the demo pharmacy: something at every stage, on every screen."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.request import Request, urlopen

from reportlab.pdfgen.canvas import Canvas

from browser.emergency_scene import Emergency, emergency_taken
from browser.vault_scene import electronic_order, missing_bottle
from journeys.books import Books
from journeys.house import House, wait_until
from journeys.outside import SYRINGE, Doctors, PayerDesk
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
NEEDS_CONSENT = ("rosuvastatin calcium 10", "Jose Barrera")


@dataclass(frozen=True)
class Scene:
    """The fills and arrivals that the screens are opened on."""

    entry: int
    fax: int
    call: int
    drug: int
    controlled: int
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
    consent: int
    difference: int
    suspect: int
    aside: int
    compound: int
    dose: Fill
    emergency: Emergency
    transfer: int
    counter_sale: int
    loss: int
    electronic: int


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
        fax=taken_in(tess, {"source": "fax"}, image=fax()),
        call=taken_in(
            Somebody(house, "rph"),
            {"source": "phone", "caller": "Lee, Okafor family practice", "read_back": "yes"}
            | {"said": "Lisinopril 10 mg, one daily, thirty, two refills"},
        ),
        drug=int(re.findall(r"/drugs/(\d+)/", page(tess, f"/rx/{sold.rx_number}/"))[0]),
        controlled=tess.reads("/vault/drugs")[0]["product_id"],
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
        consent=consent_started(team),
        difference=paid_short(tess),
        suspect=suspect_case(tess, Somebody(house, "rph")),
        aside=cut_document(tess),
        compound=tess.arrival(doctors.compound("ketoconazole", "Courtney Tate"))["id"],
        dose=dose_to_give(team),
        emergency=emergency_taken(team),
        transfer=given_away(Somebody(house, "rph"), sold),
        counter_sale=tess.reads("/counter/sales")[0]["id"],
        loss=missing_bottle(tess),
        electronic=electronic_order(tess),
    )


FAX = (
    "Okafor Family Practice · NPI 2910000035", "", "Patient: Hector Garza, born 07/07/1970",
    "Metformin 500 mg tablets", "1 tab po bid with meals", "Quantity 60, refills 3",
)  # fmt: skip
GET: dict[str, str] = {}
EDGE = "a-fax-that-came-by-telephone"


def fax() -> bytes:
    """A prescription as a fax machine of today hands it over: a PDF."""
    held = BytesIO()
    canvas = Canvas(held, pagesize=(612, 396))
    canvas.setFont("Helvetica", 20)
    for place, line in enumerate(FAX):
        canvas.drawString(48, 330 - 44 * place, line)
    canvas.save()
    return held.getvalue()


def taken_in(by: Somebody, fields: dict[str, str], *, image: bytes = b"") -> int:
    """Send the form for what came by hand; the number of the arrival it became."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    if image:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="image"; filename="fax.pdf"'
        parts.append(head.encode() + b"\r\n\r\n" + image + b"\r\n")
    kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    body = b"".join(parts) + f"--{EDGE}--\r\n".encode()
    with asked(by, "/intake/new", body, kind) as answer:
        return int(answer.url.rstrip("/").rpartition("/")[2])


def page(by: Somebody, path: str) -> str:
    """A page as this person's browser gets it."""
    with asked(by, path) as answer:
        return str(answer.read(), "utf-8")


def asked(
    by: Somebody, path: str, body: bytes | None = None, kind: dict[str, str] = GET
) -> Any:
    """The answer of a page, as this person's browser would ask for it."""
    headers = {"Authorization": f"Bearer {by.house.token('worker', by.username)}", **kind}
    return urlopen(Request(by.house.url + path, body, headers), timeout=60)  # noqa: S310 loopback


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


def dose_to_give(team: Team) -> Fill:
    """A vaccine that is checked and waits for somebody to give it."""
    tess, fridge = team.tess, Books(team.tess.house.data).place("Fridge")
    tess.receives(SYRINGE, "HB1", 5, place=fridge, until="2028-06-30")
    fill = tess.enters(
        team.doctors.dose("Hannah Becker"), administration_usd="25.00", price_usd="75.00"
    )
    return team.brings(fill, until="ready")


def given_away(rita: Somebody, fill: Fill) -> int:
    """The record of a prescription that another pharmacy has now."""
    other = {"name": "Lakeside Pharmacy", "spoke_with": "Dana Wells"}
    given = {"other": other, "way": "phone"}
    return int(rita.does(f"/prescriptions/{fill.rx_id}/transfer", given)["id"])


def consent_started(team: Team) -> int:
    """An authorization as it stands right after the key on the refused claim."""
    refused = team.tess.waits_for(entered(team, *NEEDS_CONSENT), "rejected")
    claim = team.tess.claims(refused)[-1]["id"]
    return int(team.tess.does(f"/claims/{claim}/authorization")["id"])


def paid_short(tess: Somebody) -> int:
    """The payer pays for the day, one claim five dollars short; the house took it in."""
    PayerDesk(tess.house).ask("POST", "/remittances", {"fault": "short"})
    wait_until(
        lambda: tess.reads("/money/differences"),
        what="the remittance to be taken in",
        seconds=60,
        told=lambda: str(tess.reads("/money/files")),
    )
    return int(tess.reads("/money/differences")[0]["id"])


def suspect_case(tess: Somebody, rita: Somebody) -> int:
    """A lot that nobody in these stories fills from, determined to be illegitimate."""
    lot = tess.lots("0591-0409-05")[0]["id"]
    case = tess.does("/tracing/hold", {"lot_id": lot, "says": "the seals differ"})["id"]
    there = f"/tracing/cases/{case}"
    tess.does(f"{there}/notes", {"says": "The firm: these seals are not theirs."})
    rita.does(f"{there}/illegitimate", {"grounds": "counterfeit", "because": "not their seals"})
    rita.does(f"{there}/forms", {"kind": "initial notification", "event": "Seals differ."})
    return int(case)


def cut_document(tess: Somebody) -> int:
    """A tracing document that ends in the middle."""
    raw = b64encode(b'<?xml version="1.0"?><EPCISDocument><EPCISBody>').decode()
    sent = {"partner": "caprock", "base64": raw, "name": "cut-off.xml"}
    return int(tess.does("/tracing/documents", sent)["id"])


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
    status: int = 200
    wide: bool = False


SCREENS = (
    Screen("signin", lambda s: "/signin", who=""),
    Screen("workstation", lambda s: "/"),
    Screen("workstation-wide", lambda s: "/", wide=True),
    Screen("intake", lambda s: "/intake/"),
    Screen("entry", lambda s: f"/intake/{s.entry}/"),
    Screen("fax", lambda s: f"/intake/{s.fax}/"),
    Screen("call", lambda s: f"/intake/{s.call}/"),
    Screen("compound", lambda s: f"/intake/{s.compound}/compound"),
    Screen("apart", lambda s: f"/rx/fill/{s.dose.id}/apart", who="rph"),
    Screen("new-by-hand", lambda s: "/intake/new"),
    Screen("screening", lambda s: "/screening/", who="rph"),
    Screen("review", lambda s: f"/screening/{s.reviewed.id}/", who="rph"),
    Screen("rejects", lambda s: "/claims/"),
    Screen("reject", lambda s: f"/claims/fill/{s.rejected.id}/"),
    Screen("authorizations", lambda s: "/claims/authorizations/"),
    Screen("authorization", lambda s: f"/claims/authorizations/{s.consent}/"),
    Screen("payers", lambda s: f"/claims/fill/{s.rejected.id}/payers/"),
    Screen("cards", lambda s: f"/claims/patient/{s.patient}/"),
    Screen("money", lambda s: "/claims/money/"),
    Screen("money-open", lambda s: "/claims/money/open/"),
    Screen("money-under-water", lambda s: "/claims/money/under-water/"),
    Screen("difference", lambda s: f"/claims/money/difference/{s.difference}/"),
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
    Screen("behind-counter", lambda s: "/pickup/counter", who="rph"),
    Screen("counter-log", lambda s: "/pickup/counter/log", who="pic"),
    Screen("counter-entry", lambda s: f"/pickup/counter/log/{s.counter_sale}/"),
    Screen("transfers", lambda s: "/rx/transfers/", who="rph"),
    Screen("transfer", lambda s: f"/rx/transfers/{s.transfer}/", who="rph"),
    Screen("transfer-out", lambda s: f"/rx/{s.bag.rx_number}/transfer", who="rph"),
    Screen("transfer-in", lambda s: "/intake/transfer", who="rph"),
    Screen("on-file", lambda s: "/rx/on-file/"),
    Screen("refills", lambda s: "/rx/refills", who="rph"),
    Screen("prescription", lambda s: f"/rx/{s.sold.rx_number}/"),
    Screen("patient", lambda s: f"/patients/{s.patient}/"),
    Screen("shelf", lambda s: "/stock/"),
    Screen("lot", lambda s: f"/stock/lot/{s.lot}/"),
    Screen("tracing", lambda s: "/purchasing/tracing/", who="rph"),
    Screen("suspect-case", lambda s: f"/purchasing/tracing/case/{s.suspect}/", who="rph"),
    Screen("tracing-documents", lambda s: "/purchasing/tracing/documents/"),
    Screen("tracing-document", lambda s: f"/purchasing/tracing/document/{s.aside}/"),
    Screen("inspector", lambda s: "/purchasing/tracing/answer/?said=L1"),
    Screen("lots-to-receive", lambda s: "/stock/receive"),
    Screen("levels", lambda s: "/stock/levels?show=all"),
    Screen("to-order", lambda s: "/stock/levels"),
    Screen("figures", lambda s: "/stock/figures"),
    Screen("expiring", lambda s: "/stock/expiring"),
    Screen("first-out", lambda s: "/stock/first-out"),
    Screen("places", lambda s: "/stock/places"),
    Screen("counts", lambda s: "/stock/counts"),
    Screen("order-pad", lambda s: "/purchasing/"),
    Screen("deliveries", lambda s: "/purchasing/receive/"),
    Screen("put-away", lambda s: "/purchasing/put-away/"),
    Screen("invoices", lambda s: "/purchasing/invoices/"),
    Screen("differences", lambda s: "/purchasing/differences/"),
    Screen("papers", lambda s: "/purchasing/papers/"),
    Screen("wholesalers", lambda s: "/purchasing/wholesalers/", who="pic"),
    Screen("recalls", lambda s: "/returns/recalls/"),
    Screen("recall-notice", lambda s: "/returns/recalls/new"),
    Screen("to-go-back", lambda s: "/returns/", who="pic"),
    Screen("brought-back", lambda s: "/returns/brought", who="pic"),
    Screen("emergency-orders", lambda s: "/rx/emergency/", who="rph"),
    Screen("emergency-order", lambda s: f"/rx/emergency/{s.emergency.order}/", who="rph"),
    Screen("emergency-call", lambda s: f"/intake/{s.emergency.call}/", who="rph"),
    Screen("covers-emergency", lambda s: f"/intake/{s.emergency.covers}/covers", who="rph"),
    Screen("vault", lambda s: "/vault/"),
    Screen("book", lambda s: f"/vault/book/{s.controlled}/"),
    Screen("vault-counts", lambda s: "/vault/counts/"),
    Screen("discrepancies", lambda s: "/vault/discrepancies/"),
    Screen("flags", lambda s: "/vault/flags/", who="rph"),
    Screen("epcs", lambda s: "/vault/epcs/", who="pic"),
    Screen("epcs-trail", lambda s: "/vault/epcs/trail/", who="rph"),
    Screen("epcs-day", lambda s: f"/vault/epcs/trail/{date.today()}/", who="rph"),  # noqa: DTZ011 the house's own clock
    Screen("epcs-incidents", lambda s: "/vault/epcs/incidents/", who="rph"),
    Screen("epcs-records", lambda s: "/vault/epcs/records/"),
    Screen("epcs-record", lambda s: "/vault/epcs/records/1/"),
    Screen("records-kept", lambda s: "/vault/retention/"),
    Screen("rescheduled", lambda s: "/vault/rescheduled/", who="rph"),
    Screen("losses", lambda s: "/vault/losses/", who="rph"),
    Screen("inventories", lambda s: "/vault/inventories/"),
    Screen("vault-door", lambda s: "/vault/door/"),
    Screen("orders", lambda s: "/vault/orders/", who="pic"),
    Screen("form-222", lambda s: "/vault/orders/1/", who="pic"),
    Screen("form-222-written", lambda s: "/vault/orders/2/?q=morph", who="pic"),
    Screen("form-222-void", lambda s: "/vault/orders/1/?act=void", who="pic"),
    Screen("paper-form", lambda s: "/vault/orders/taken-over", who="pic"),
    Screen("electronic-orders", lambda s: "/vault/electronic/", who="pic"),
    Screen("electronic-order", lambda s: f"/vault/electronic/{s.electronic}/", who="pic"),
    Screen("certificates", lambda s: "/vault/electronic/certificates/", who="pic"),
    Screen("loss", lambda s: f"/vault/losses/{s.loss}/", who="rph"),
    Screen("attorneys", lambda s: "/vault/attorneys/", who="pic"),
    Screen("inspection", lambda s: "/vault/inspection/", who="pic"),
    Screen("monitoring", lambda s: "/vault/monitoring/", who="rph"),
    Screen("monitoring-day", lambda s: "/vault/monitoring/records/", who="rph"),
    Screen("monitoring-record", lambda s: "/vault/monitoring/records/1/", who="rph"),
    Screen("monitoring-files", lambda s: "/vault/monitoring/files/", who="rph"),
    Screen("monitoring-file", lambda s: "/vault/monitoring/files/1/", who="rph"),
    Screen("people", lambda s: "/people/", who="pic"),
    Screen(
        "sig-codes",
        lambda s: "/intake/sig-codes/?code=qd&means=1+tab+po+daily+with+food",
        who="pic",
    ),
    Screen("drug", lambda s: f"/drugs/{s.drug}/"),
    Screen("search", lambda s: "/search?q=metformin"),
    Screen("nothing-found", lambda s: "/search?q=qqqq"),
    Screen("nothing-waits", lambda s: "/?stage=payer"),
    Screen("nowhere", lambda s: "/nowhere/", status=404),
    Screen("refused", lambda s: f"/intake/{s.entry}/", who="clerk", status=403),
    # Somebody of their own: the station stays locked.
    Screen("lock", lambda s: "/lock", who="newtech"),
)
