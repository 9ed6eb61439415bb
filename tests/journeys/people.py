"""The people of the demo pharmacy, each at their own work station, asking over HTTP."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from journeys.house import House, wait_until
from journeys.outside import Posted

SIGNATURE = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60 L360,95"
FNC1 = "\x1d"
UNHURRIED = 45


@dataclass(frozen=True)
class Said:
    """What the house answered one person."""

    status: int
    body: Any

    @property
    def codes(self) -> list[str]:
        return [problem["code"] for problem in self.body["problems"]]

    @property
    def says(self) -> str:
        return " ".join(problem["says"] for problem in self.body["problems"])

    @property
    def fields(self) -> list[str]:
        return [problem["field"] for problem in self.body["problems"]]


@dataclass(frozen=True)
class Fill:
    """A fill as it was when somebody last looked."""

    id: int
    rx_id: int
    rx_number: int
    ndc: str
    quantity: Decimal
    state: str
    says: str
    turn: str
    copay_usd: Decimal | None
    bin: str

    @classmethod
    def seen(cls, body: Any) -> "Fill":
        copay = body["copay_usd"]
        return cls(
            id=body["id"],
            rx_id=body["prescription_id"],
            rx_number=body["rx_number"],
            ndc=body["ndc"],
            quantity=Decimal(body["quantity"]),
            state=body["state"],
            says=body["says"],
            turn=body["turn"],
            copay_usd=None if copay is None else Decimal(copay),
            bin=body["bin"],
        )


class Somebody:
    """One person with their rights; every verb is one request."""

    def __init__(self, house: House, username: str) -> None:
        self.house, self.username = house, username

    def ask(
        self, method: str, path: str, body: object = None, *, key: str = "", api: str = "/api"
    ) -> Said:
        """One request as this person; a refusal is an answer like any other."""
        headers = {
            "Authorization": f"Bearer {self.house.token('worker', self.username)}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        raw = json.dumps(body or {}).encode() if method == "POST" else None
        url = f"{self.house.url}{api}{path}"
        request = Request(url, raw, headers, method=method)  # noqa: S310 loopback
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 loopback
                return Said(answer.status, read(answer.read()))
        except HTTPError as error:
            return Said(error.code, read(error.read()))

    def does(self, path: str, body: object = None, *, key: str = "") -> Any:
        """Do it; the story stops here when the house refuses."""
        said = self.ask("POST", path, body, key=key)
        assert said.status == 200, f"{self.username} {path}: {said}"
        return said.body

    def tries(self, path: str, body: object = None) -> Said:
        """Try what should not go."""
        said = self.ask("POST", path, body)
        assert said.status in {403, 409, 422}, f"{self.username} {path} was not refused: {said}"
        return said

    def reads(self, path: str) -> Any:
        said = self.ask("GET", path)
        assert said.status == 200, f"{self.username} {path}: {said}"
        return said.body

    # What anybody sees

    def sees(self, fill: Fill) -> Fill:
        return Fill.seen(self.reads(f"/fills/{fill.id}"))

    def waits_for(self, fill: Fill, *states: str) -> Fill:
        """Look until the fill has come to one of these states by itself."""
        wait_until(
            lambda: self.sees(fill).state in states,
            what=f"Rx {fill.rx_number} to be in {' or '.join(states)}",
            seconds=UNHURRIED,
            told=lambda: f"It is in {self.sees(fill).state}: {self.sees(fill).says}",
        )
        return self.sees(fill)

    def history(self, fill: Fill) -> list[str]:
        """What the journal says was done about a fill, oldest first."""
        return [line["deed"] for line in self.reads(f"/journal/fill/{fill.id}")]

    def arrival(self, posted: Posted) -> Any:
        """What an electronic message became in intake."""
        (found,) = self.reads(f"/arrivals?message_id={posted.message_id}")
        return found

    def lots(self, ndc: str) -> list[Any]:
        found = self.reads(f"/stock/lots?ndc={ndc}")
        assert isinstance(found, list)
        return found

    def on_shelf(self, ndc: str) -> Decimal:
        """Units of a package on the shelf or in the vault, promised ones included."""
        return self.units(ndc, "Shelf") + self.units(ndc, "Vault")

    def units(self, ndc: str, place: str) -> Decimal:
        found = (Decimal(lot["places"].get(place, "0")) for lot in self.lots(ndc))
        return sum(found, Decimal(0))

    def claims(self, fill: Fill) -> list[Any]:
        """The claims of a fill, oldest first."""
        found = self.reads(f"/claims?fill_id={fill.id}")
        assert isinstance(found, list)
        return found

    def claim_states(self, fill: Fill) -> list[tuple[str, str]]:
        return [(claim["kind"], claim["state"]) for claim in self.claims(fill)]

    def billed(self, fill: Fill, part: str) -> Fill:
        """Look until the plan has paid this part (343-HD) of a fill."""
        wait_until(
            lambda: self.part_of(fill) == (part, "paid"),
            what=f"{part} of Rx {fill.rx_number} to be paid",
            told=lambda: str(self.claims(fill)),
        )
        return self.sees(fill)

    def part_of(self, fill: Fill) -> tuple[str, str]:
        """Part and state of the last claim of a fill."""
        claims = self.claims(fill)
        return (claims[-1]["part"], claims[-1]["state"]) if claims else ("", "")

    # The technician's way

    def gives_part(self, fill: Fill, quantity: str, *, reason: str) -> Fill:
        """Hand out what there is of an out-of-stock fill; the balance that is owed."""
        asked = {"quantity_now": quantity, "because": "short", "reason": reason}
        return Fill.seen(self.does(f"/fills/{fill.id}/part", asked))

    def resubmits(self, fill: Fill, **changes: str) -> None:
        """Send the last claim of a rejected fill again, corrected."""
        self.does(f"/claims/{self.claims(fill)[-1]['id']}/resubmit", changes)

    def receives(self, ndc: str, lot: str, quantity: int, *, place: int, until: str) -> Any:
        """Put a delivery on the shelf."""
        line = {"ndc": ndc, "lot": lot, "expires_on": until, "quantity": str(quantity)}
        return self.does("/stock/receipts", line | {"place_id": place, "key": f"{ndc} {lot}"})

    def leaves_on_shelf(self, ndc: str, quantity: int, *, place: int, aside: int) -> None:
        """Carry away what is more, so that the shelf holds only so much: breakage, damage."""
        left = Decimal(quantity)
        for lot in self.lots(ndc):
            there = Decimal(lot["places"].get("Shelf", "0"))
            kept = min(there, left)
            left -= kept
            if there > kept:
                carried = {"from_place": place, "to_place": aside, "because": "damaged"}
                carried |= {"quantity": str(there - kept), "key": f"aside {lot['id']} {kept}"}
                self.does(f"/stock/lots/{lot['id']}/move", carried)

    def enters(self, posted: Posted, **typed: str) -> Fill:
        """Take an electronic prescription and enter it as it was sent, but for `typed`.

        A controlled one the house does not dispense as it came: its paper is brought instead.
        """
        if posted.order.line.schedule:
            return self.enters_paper(posted, **typed)
        arrival = self.arrival(posted)
        self.does(f"/arrivals/{arrival['id']}/take")
        values = form_of(arrival) | typed
        return Fill.seen(self.does(f"/arrivals/{arrival['id']}/finish", {"values": values}))

    def scans(self, picture: bytes) -> int:
        """Take a signed paper in by its image, as the screen does; its number there."""
        edge = "edge-of-the-form"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="'
        parts = (
            f'{head}source"\r\n\r\npaper\r\n'.encode(),
            f'{head}image"; filename="rx.png"\r\nContent-Type: image/png\r\n\r\n'.encode(),
            picture,
            f"\r\n--{edge}--\r\n".encode(),
        )
        headers = {
            "Authorization": f"Bearer {self.house.token('worker', self.username)}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Accept": "text/html",
        }
        request = Request(f"{self.house.url}/intake/new", b"".join(parts), headers)  # noqa: S310 loopback
        with urlopen(request, timeout=60) as answer:  # noqa: S310 loopback
            return int(answer.url.rstrip("/").rsplit("/", 1)[-1])

    def enters_paper(self, posted: Posted, **typed: str) -> Fill:
        """Enter what the signed paper says that was asked for, and call the message off."""
        held = self.arrival(posted)
        paper = self.does("/arrivals", {"source": "walk_in"})["id"]
        self.does(f"/arrivals/{paper}/take")
        values = form_of(held) | {"origin": "1", "mandate_exception": "outage"} | typed
        fill = Fill.seen(self.does(f"/arrivals/{paper}/finish", {"values": values}))
        self.does(f"/arrivals/{held['id']}/cancel", {"because": "the paper is here"})
        return fill

    def bottle(self, fill: Fill, *, serial: str = "1") -> str:
        """The DataMatrix of the bottle the pick list names: the lot that expires first."""
        lots = [lot for lot in self.lots(fill.ndc) if Decimal(lot["promised"]) > 0]
        return datamatrix(fill.ndc, lots[0]["lot"], lots[0]["expires_on"], serial=serial)

    def fills(self, fill: Fill) -> Fill:
        """From the queue to the pharmacist: every bottle scanned, counted, labelled."""
        fill = self.waits_for(fill, "waiting")
        self.does(f"/fills/{fill.id}/start")
        return self.finishes_filling(fill)

    def finishes_filling(self, fill: Fill) -> Fill:
        """Scan what is promised, count and label it, and hand it to the pharmacist."""
        path = f"/fills/{fill.id}"
        promised = [lot for lot in self.lots(fill.ndc) if Decimal(lot["promised"]) > 0]
        for number, lot in enumerate(promised):
            code = datamatrix(fill.ndc, lot["lot"], lot["expires_on"], serial=f"S{number}")
            scan = self.does(f"{path}/scan", {"code": code})
            assert scan["outcome"] == "right", scan
        asked = self.ask("POST", f"{path}/count", {"quantity": str(fill.quantity)})
        number = len(promised)
        while asked.status == 409 and "bottles-missing" in asked.codes:
            lot = promised[-1]
            code = datamatrix(fill.ndc, lot["lot"], lot["expires_on"], serial=f"S{number}")
            self.does(f"{path}/scan", {"code": code})
            asked = self.ask("POST", f"{path}/count", {"quantity": str(fill.quantity)})
            number += 1
        assert asked.status == 200, asked
        label = self.ask("POST", f"{path}/label")
        if label.status == 409 and label.codes == ["counted-once"]:
            self.does(f"{path}/count", {"quantity": str(fill.quantity), "pass_number": 2})
            label = self.ask("POST", f"{path}/label")
        assert label.status == 200, label
        sent = self.ask("POST", f"{path}/send-to-check")
        if sent.status == 409 and sent.codes == ["not-counted-back"]:
            self.counts_back(fill, promised)
            sent = self.ask("POST", f"{path}/send-to-check")
        assert sent.status == 200, sent
        return Fill.seen(sent.body)

    def counts_back(self, fill: Fill, promised: list[Any]) -> None:
        """Count what stands on the shelf beside the vial: the lots it was poured from."""
        for lot in promised:
            there = sum(Decimal(lot["places"].get(name, 0)) for name in ("Shelf", "Vault"))
            poured = fill.quantity if len(promised) == 1 else Decimal(lot["promised"])
            left = {"lot": lot["lot"], "counted": str(there - poured)}
            counted = self.does(f"/fills/{fill.id}/back-count", left)
            assert counted["agrees"], counted

    def bins(self, fill: Fill, bin_name: str = "A7") -> Fill:
        return Fill.seen(self.does(f"/fills/{fill.id}/bin", {"bin": bin_name}))

    def sells(self, *fills: Fill, **changes: object) -> Any:
        """Hand the bags over to the patient, who signs and wants no counselling."""
        return self.does("/sales", sale_of(*fills) | changes)

    # The pharmacist's way

    def approves(self, fill: Fill) -> Fill:
        return Fill.seen(self.does(f"/fills/{fill.id}/approve"))

    def sends_back(self, fill: Fill, reason: str) -> Fill:
        body = {"reason_code": reason, "text": "look again"}
        return Fill.seen(self.does(f"/fills/{fill.id}/send-back", body))

    def reviews(self, fill: Fill) -> None:
        """Settle every finding of a fill that waits for the pharmacist, and let it go on."""
        for finding in self.reads(f"/fills/{fill.id}/findings"):
            if finding["resolved_at"] is None and finding["severity"] != "note":
                settled = {
                    "service_code": "M0",
                    "result_code": "1G",
                    "text": "asked the doctor",
                }
                self.does(f"/findings/{finding['id']}/resolve", settled)
        if self.sees(fill).state == "review":
            self.does(f"/fills/{fill.id}/review")


def read(raw: bytes) -> Any:
    """JSON, or the text of an answer that is none."""
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def form_of(arrival: Any) -> dict[str, str]:
    """The entry form as the screen fills it from the message, every value with its source."""
    sent = arrival["sent"]
    names = ("quantity", "days_supply", "refills", "directions", "diagnosis", "note")
    values = {name: sent.get(name, "") for name in names}
    values |= {"written_on": sent["written_on"], "daw": sent.get("daw") or "0", "origin": "3"}
    values |= {f"{name}_source": "sent" for name in (*names, "written_on", "daw")}
    for name in ("patient", "prescriber", "package"):
        values[f"{name}_id"] = str(arrival[f"{name}_id"] or "")
        values[f"{name}_source"] = "typed"
    return values | {"pay": "plan", "waiter": ""}


def sale_of(*fills: Fill) -> dict[str, object]:
    """A plain sale to the patient: two identifiers, an ID, a signature, no counselling."""
    return {
        "fill_ids": [fill.id for fill in fills],
        "receiver": "the patient",
        "identifiers": ["name", "birth_date"],
        "counsel": "refused",
        "signature": SIGNATURE,
        "method": "card",
        "id_kind": "driver licence",
        "id_number": "12345678",
        "id_state": "TX",
    }


def datamatrix(ndc: str, lot: str, expires_on: str, *, serial: str = "1") -> str:
    """A stock bottle's GS1 DataMatrix as the scanner types it, symbology prefix on."""
    until = date.fromisoformat(expires_on)
    return f"]d201{gtin14(ndc)}17{until:%y%m%d}10{lot}{FNC1}21{serial}"


def gtin14(ndc: str) -> str:
    """The trade item number of a ten-digit NDC, its check digit computed here once more."""
    body = "003" + ndc.replace("-", "")
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(body)))
    return f"{body}{-total % 10}"
