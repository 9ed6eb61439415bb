"""The pages of losses: what stands on them, what their buttons do, and their papers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.staff.duties import Role
from apothecary.vault.book.cases import find_unexplained
from apothecary.vault.book.tests.hands import on_hand, short_case, sign_of, spot
from apothecary.vault.book.tests.test_pages import page_of, text
from apothecary.vault.inspection import printed
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.states import Kind
from apothecary.vault.losses.tests.hands import (
    DRAFT,
    FACTORS,
    OFFICE,
    judged,
    never_came,
    reported,
    said,
    to_the_form,
)

MOST_QUERIES = 16
SENT = {"to": OFFICE, "way": "fax", "reference": "214"}


def of_loss(loss, verb=""):
    return f"/vault/losses/{loss.pk}/{verb}"


def test_a_shortage_goes_from_the_discovery_to_the_form_by_the_buttons(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    tess, rita = page_of(pharmacy), page_of(pharmacy, Role.PHARMACIST)
    found = {"kind": "loss", "lot": f"{lot.pk}-{spot(pharmacy)}", "quantity": "12",
             "what": "short at the count"}  # fmt: skip
    assert tess.post("/vault/losses/report", found).status_code == 302
    loss = Loss.objects.get()
    assert "due 11/24/2026" in text(tess.get("/vault/losses/"))
    said_page = text(tess.get(of_loss(loss)))
    assert "A pharmacist judges, tells DEA" in said_page
    assert "Whether the loss is significant is not judged yet" in said_page
    assert tess.post(of_loss(loss, "draft"), DRAFT).status_code == 302
    judgement = FACTORS | {"kind": "loss", "significant": "yes", "because": "nothing explains"}
    assert tess.post(of_loss(loss, "judge"), judgement).status_code == 403
    assert rita.post(of_loss(loss, "judge"), judgement).status_code == 302
    assert on_hand(pharmacy, lot) == 88
    assert "12 tablets missing" in text(rita.get(of_loss(loss)))
    assert rita.post(of_loss(loss, "notice"), SENT).status_code == 302
    filed = {"filed_on": "2026-11-23", "reference": "TL-118"}
    assert rita.post(of_loss(loss, "file"), filed).status_code == 302
    assert rita.post(of_loss(loss, "close"), {"because": "filed"}).status_code == 302
    done = text(rita.get(of_loss(loss)))
    assert "TL-118" in done
    assert "Print the report" in done
    printed_form = tess.get(f"/vault/inspection/106.pdf?loss={loss.number}")
    assert printed_form.content.startswith(b"%PDF")


def test_what_broke_is_signed_by_two_on_the_page(pharmacy):
    loss = reported(pharmacy, Kind.BREAKAGE)
    rita = page_of(pharmacy, Role.PHARMACIST)
    assert "Two who saw it sign" in text(rita.get(of_loss(loss)))
    second = sign_of(pharmacy, Role.TECHNICIAN)
    body = {"recoverable": "no", "because": "it fell", "initials": second.initials,
            "pin": second.pin}  # fmt: skip
    assert rita.post(of_loss(loss, "breakage"), body).status_code == 302
    assert "written down by two" in text(rita.get(of_loss(loss)))


def test_a_case_that_is_handed_on_stands_among_the_losses(pharmacy):
    case = short_case(pharmacy)
    find_unexplained(by=pharmacy.technician, case_id=case.pk, explanation="all looked at")
    rita = page_of(pharmacy, Role.PHARMACIST)
    there = f"/vault/discrepancies/{case.pk}/hand-on"
    assert rita.post(there, {"because": "theft suspected"}).status_code == 302
    assert "L0001" in text(rita.get(f"/vault/discrepancies/{case.pk}/"))
    assert "L0001" in text(rita.get("/vault/losses/"))


def test_of_a_carriers_loss_the_page_asks_the_carrier(pharmacy):
    loss = never_came(pharmacy)
    shown = text(page_of(pharmacy, Role.PHARMACIST).get(of_loss(loss)))
    assert "Accepted here before it was missed" in shown
    assert "Consignee's DEA number" in shown.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"kind": "gone", "lot": "1-1", "quantity": "1", "what": "w"}, "is no choice"),
        ({"kind": "loss", "lot": "1-x", "quantity": "1", "what": "w"}, "is no lot"),
        ({"kind": "loss", "lot": "", "quantity": "1", "what": "w"}, "Say of which lot"),
        ({"kind": "loss", "lot": "", "package": "0", "quantity": "1", "what": "w"},
         "No package"),
        ({"kind": "loss", "lot": "1-1", "quantity": "few", "what": "w"}, "is no quantity"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_refused_in_words(pharmacy, body, says):
    answer = page_of(pharmacy).post("/vault/losses/report", body)
    assert answer.status_code == 409
    assert says in text(answer).replace("&#39;", "'")
    assert not Loss.objects.exists()


def test_another_pharmacys_loss_has_no_page_here(pharmacy):
    assert page_of(pharmacy).get("/vault/losses/999999/").status_code == 404


@pytest.mark.parametrize("path", ["/vault/losses/", "one"])
def test_the_pages_cost_a_fixed_number_of_questions(pharmacy, path):
    first = reported(pharmacy)
    reported(pharmacy, lot=pharmacy.receive("alprazolam", "30"))
    client = page_of(pharmacy, Role.PHARMACIST)
    with CaptureQueriesContext(connection) as asked:
        client.get(of_loss(first) if path == "one" else path)
    assert len(asked) <= MOST_QUERIES


def test_the_register_names_every_loss_of_the_period_and_how_it_ended(pharmacy):
    to_the_form(pharmacy)
    judged(
        pharmacy,
        reported(pharmacy, lot=pharmacy.receive("alprazolam", "30"), units="1"),
        said(significant=False),
    )
    paper = printed(by=pharmacy.pharmacist, key="losses", kind="csv", said={}).decode()
    assert "L0001" in paper
    assert "12 tablets oxycodone" in paper
    assert "reported on Form 106" in paper
    empty = {"first": "2026-01-01", "last": "2026-01-31"}
    said_empty = printed(by=pharmacy.pharmacist, key="losses", kind="csv", said=empty)
    assert b"L0001" not in said_empty


def test_the_form_is_printed_as_it_was_filed(pharmacy):
    loss = to_the_form(pharmacy)
    asked = {"loss": str(loss.number)}
    paper = printed(by=pharmacy.pharmacist, key="106", kind="csv", said=asked).decode()
    assert "oxycodone" in paper
    assert "12 tablets" in paper
