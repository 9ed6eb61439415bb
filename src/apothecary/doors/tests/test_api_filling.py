"""The filling counter by program: the same stops as at the screen."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from apothecary.filling.models import BottleScan, Count
from apothecary.filling.tests.bench import filling, labelled, symbol, waiting
from apothecary.journal.queries import history
from apothecary.prescriptions.models import Fill
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role


class Api:
    """A program that asks as one person."""

    def __init__(self, world, role: Role) -> None:
        self.token = worker_token(
            person=world.people[role], station="api", at=world.technician.at
        )
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.client = Client()

    def post(self, path: str, body: dict[str, object] | None = None, **headers: str):
        said = json.dumps(body or {})
        return self.client.post(
            f"/api{path}",
            data=said,
            content_type="application/json",
            headers=self.headers | headers,
        )

    def get(self, path: str):
        return self.client.get(f"/api{path}", headers=self.headers)


@pytest.fixture
def tech(pharmacy):
    return Api(pharmacy, Role.TECHNICIAN)


def codes(response) -> list[str]:
    return [problem["code"] for problem in response.json()["problems"]]


def state_of(fill: Fill) -> str:
    return Fill.objects.get(pk=fill.pk).state


def test_from_the_queue_to_the_pharmacist_by_program(pharmacy, tech):
    fill = waiting(pharmacy)
    path = f"/fills/{fill.pk}"
    assert tech.post(f"{path}/start").json()["state"] == "filling"
    scan = tech.post(f"{path}/scan", {"code": symbol(pharmacy, "lisinopril")}).json()
    assert (scan["outcome"], scan["lot"], scan["serial"]) == ("right", "L1", "SN1")
    count = tech.post(f"{path}/count", {"quantity": "30", "method": "scale"}).json()
    assert (Decimal(count["quantity"]), count["method"], count["pass_number"]) == (
        30, "scale", 1,
    )  # fmt: skip
    label = tech.post(f"{path}/label")
    assert label.status_code == 200, label.content
    assert tech.post(f"{path}/send-to-check").json()["state"] == "check"
    done = [line.deed for line in history(
        pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)]
    )]  # fmt: skip
    assert done[-5:] == [
        "started filling", "scanned a stock bottle", "counted", "printed a label",
        "sent a fill to the pharmacist",
    ]  # fmt: skip


def test_the_bottle_itself_takes_the_first_fill_that_needs_it(pharmacy, tech):
    fill = waiting(pharmacy)
    said = tech.post("/filling/start", {"code": symbol(pharmacy, "lisinopril")})
    assert (said.json()["id"], said.json()["state"]) == (fill.pk, "filling")
    nothing = tech.post("/filling/start", {"code": symbol(pharmacy, "warfarin")})
    assert (nothing.status_code, codes(nothing)) == (409, ["nothing-to-fill"])


def test_a_wrong_bottle_stops_everything_until_it_is_set_aside_with_a_reason(pharmacy, tech):
    fill = filling(pharmacy)
    path = f"/fills/{fill.pk}"
    pharmacy.receive("metformin", "100")
    wrong = tech.post(f"{path}/scan", {"code": symbol(pharmacy, "metformin")}).json()
    assert wrong["outcome"] == "wrong"
    assert wrong["says"].startswith("Wrong product: ")
    right = {"code": symbol(pharmacy, "lisinopril")}
    assert codes(tech.post(f"{path}/scan", right)) == ["open-slip"]
    aside = f"{path}/scans/{wrong['id']}/set-aside"
    assert codes(tech.post(aside, {"because": " "})) == ["no-reason"]
    assert tech.post(aside, {"because": "stood beside it"}).status_code == 200
    assert tech.post(f"{path}/scan", right).json()["outcome"] == "right"
    assert codes(tech.post(aside, {"because": "again"})) == ["not-open"]


def test_a_scan_that_is_refused_is_kept_all_the_same(pharmacy, tech):
    fill = filling(pharmacy)
    refused = tech.post(f"/fills/{fill.pk}/scan", {"code": "]d2not a code"})
    assert (refused.status_code, codes(refused)) == (409, ["bad-scan"])
    assert BottleScan.objects.get(fill=fill).raw == "]d2not a code"
    assert state_of(fill) == "filling"


def test_several_bottles_of_one_code_are_counted_by_hand_and_its_lot_named(pharmacy, tech):
    fill = filling(pharmacy, quantity="250")
    plain = symbol(pharmacy, "lisinopril")[3:19]
    scan = tech.post(f"/fills/{fill.pk}/scan", {"code": plain}).json()
    assert scan["outcome"] == "right", scan
    path = f"/fills/{fill.pk}/scans/{scan['id']}"
    assert tech.post(f"{path}/bottles", {"bottles": 3}).json()["bottles"] == 3
    assert codes(tech.post(f"{path}/bottles", {"bottles": 0})) == ["bottles"]
    assert tech.post(f"{path}/lot", {"lot": "l1"}).json()["lot"] == "L1"
    assert codes(tech.post(f"{path}/lot", {"lot": "L77"})) == ["lot-unknown"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"quantity": "29"}, 409, "count-differs"),
        ({"quantity": "0"}, 409, "count-zero"),
        ({"quantity": "-30"}, 409, "count-zero"),
        ({"quantity": "thirty"}, 422, "bad-input"),
        ({"quantity": "30", "method": "guess"}, 422, "bad-input"),
        ({"quantity": "30", "pass_number": 2}, 409, "count-pass"),
    ],
)
def test_a_count_that_cannot_stand_is_refused_and_none_is_written(
    pharmacy, tech, body, status, code
):
    fill = filling(pharmacy)
    tech.post(f"/fills/{fill.pk}/scan", {"code": symbol(pharmacy, "lisinopril")})
    refused = tech.post(f"/fills/{fill.pk}/count", body)
    assert (refused.status_code, codes(refused)) == (status, [code])
    assert not Count.objects.filter(fill=fill).exists()


def test_nothing_is_printed_before_bottle_and_count(pharmacy, tech):
    fill = filling(pharmacy)
    refused = tech.post(f"/fills/{fill.pk}/label")
    assert refused.status_code == 409
    assert set(codes(refused)) == {"no-bottle", "not-counted"}
    assert codes(tech.get(f"/fills/{fill.pk}/label.pdf")) == ["no-label"]
    assert codes(tech.post(f"/fills/{fill.pk}/send-to-check"))[-1] == "no-label"


def test_the_printed_label_is_given_as_pdf_and_as_zpl_with_the_rx_number_in_it(pharmacy, tech):
    fill = labelled(pharmacy)
    pdf = tech.get(f"/fills/{fill.pk}/label.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    zpl = tech.get(f"/fills/{fill.pk}/label.zpl?dpi=300")
    assert zpl["Content-Type"] == "application/zpl"
    assert zpl.content.startswith(b"^XA")
    assert str(fill.prescription.number).encode() in zpl.content
    assert tech.get(f"/fills/{fill.pk}/label.zpl?dpi=72").status_code == 422


def test_a_second_print_of_the_same_label_needs_its_reason(pharmacy, tech):
    fill = filling(pharmacy)
    tech.post(f"/fills/{fill.pk}/scan", {"code": symbol(pharmacy, "lisinopril")})
    tech.post(f"/fills/{fill.pk}/count", {"quantity": "30"})
    assert tech.post(f"/fills/{fill.pk}/label").status_code == 200
    assert codes(tech.post(f"/fills/{fill.pk}/label")) == ["printed-already"]
    again = tech.post(f"/fills/{fill.pk}/label", {"because": "smeared"})
    assert again.json()["because"] == "smeared"


def test_what_is_left_goes_back_to_the_queue_and_what_is_missing_is_short(pharmacy, tech):
    fill = filling(pharmacy)
    left = tech.post(f"/fills/{fill.pk}/leave", {"because": "called to the phone"})
    assert left.json()["state"] == "waiting"
    assert codes(tech.post(f"/fills/{fill.pk}/leave", {"because": "again"})) == ["wrong-state"]
    gone = tech.post(f"/fills/{fill.pk}/short", {"because": "the shelf is empty"})
    assert gone.json()["state"] == "short"


def test_a_clerk_may_not_fill_and_a_colleague_may_not_take_it_out_of_ones_hands(pharmacy, tech):
    fill = waiting(pharmacy)
    assert Api(pharmacy, Role.CLERK).post(f"/fills/{fill.pk}/start").status_code == 403
    assert state_of(fill) == "waiting"
    tech.post(f"/fills/{fill.pk}/start")
    second = Api(pharmacy, Role.PHARMACIST).post(f"/fills/{fill.pk}/start")
    assert (second.status_code, codes(second)) == (409, ["taken"])


def test_the_same_key_scans_and_counts_once(pharmacy, tech):
    fill = filling(pharmacy)
    tech.post(f"/fills/{fill.pk}/scan", {"code": symbol(pharmacy, "lisinopril")})
    key = {"Idempotency-Key": "count-1"}
    first = tech.post(f"/fills/{fill.pk}/count", {"quantity": "30"}, **key)
    again = tech.post(f"/fills/{fill.pk}/count", {"quantity": "30"}, **key)
    assert first.json() == again.json()
    assert Count.objects.filter(fill=fill).count() == 1
