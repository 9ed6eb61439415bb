"""The screens over HTTP: from the wire to screening, and every refusal in its place."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import make_patient
from apothecary.intake.models import Arrival, ArrivalState, Source
from apothecary.intake.tests.messages import Rx
from apothecary.intake.tests.test_by_hand import PNG
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Fill, Prescriber, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in, token_hash

HTMX = {"HX-Request": "true"}
TODAY = datetime.now(UTC)
FRESH: dict[str, Any] = {
    "sent_at": f"{TODAY:%Y-%m-%dT%H:%M:%S.0Z}",
    "written_on": f"{TODAY - timedelta(days=2):%Y-%m-%d}",
}
INPUT = re.compile(r"<(input|select|textarea)\b([^>]*)>(?:(.*?)</\1>)?", re.DOTALL)


class Desk:
    """A person at the counter with a browser that fills in forms as they are shown."""

    def __init__(self, world, role: Role = Role.TECHNICIAN) -> None:
        self.world = world
        token = worker_token(person=world.people[role], station="counter 1", at=TODAY)
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str):
        return self.client.get(path)

    def post(self, path: str, values: dict[str, str] | None = None):
        return self.client.post(path, values or {}, headers=HTMX)

    def back(self) -> None:
        """Stand in the pharmacy again, to look at its rows."""
        stand_in(self.world.pharmacy.pk)


def shown(html: str) -> dict[str, str]:
    """The values of the form as the page shows them."""
    found = {}
    form = html[html.index('<form id="entry"') :]
    form = form[: form.index("</form>")]
    for kind, attributes, inner in INPUT.findall(form):
        name = re.search(r'name="([^"]+)"', attributes)
        if name is None or ("checkbox" in attributes and "checked" not in attributes):
            continue
        value = re.search(r'value="([^"]*)"', attributes)
        text = value[1] if value else ""
        if kind == "select":
            chosen = re.search(r'value="([^"]*)" selected', inner)
            text = chosen[1] if chosen else ""
        elif kind == "textarea":
            text = inner
        found[name[1]] = text
    return found


@pytest.fixture
def desk(pharmacy) -> Desk:
    return Desk(pharmacy)


@pytest.fixture
def send(pharmacy):
    """Send a prescription in over HTTP."""
    Partner.objects.create(
        pharmacy=pharmacy.pharmacy,
        name="eprescribing",
        token_hash=token_hash("p"),
        may_send="script",
    )

    def post(rx: Rx) -> Arrival:
        answer = Client().post(
            "/script",
            data=rx.xml(),
            content_type="application/xml",
            headers={"Authorization": "Bearer p"},
        )
        assert b"<Code>000</Code>" in answer.content
        stand_in(pharmacy.pharmacy.pk)
        return Arrival.objects.get(message_id=rx.message_id)

    return post


def test_a_clean_e_prescription_goes_from_the_wire_to_screening_with_two_keys(
    pharmacy, desk, send
):
    pharmacy.receive("lisinopril", "100")
    arrival = send(Rx(**FRESH))
    page = desk.get("/intake/?stage=entry").content.decode()
    assert "Everything matched" in page
    # F10 on the list …
    answer = desk.post("/intake/next")
    assert answer["HX-Redirect"] == f"/intake/{arrival.pk}/"
    form = shown(desk.get(answer["HX-Redirect"]).content.decode())
    assert form["patient"] == "DOE, JANE 02/29/1980"
    # … and F10 on the form.
    answer = desk.post(f"/intake/{arrival.pk}/finish", form)
    assert answer["HX-Redirect"] == "/intake/"
    desk.back()
    fill = Fill.objects.select_related("prescription").get()
    assert (fill.state, fill.because) == (FillState.SCREENING, "")
    assert fill.prescription.directions == "Take 1 tablet by mouth once daily."
    assert Arrival.objects.get().state == ArrivalState.ENTERED


def test_commit_leads_to_the_next_in_line(pharmacy, desk, send):
    pharmacy.receive("lisinopril", "100")
    first, second = send(Rx(**FRESH)), send(Rx(**FRESH, message_id="M2", order_number="P2"))
    form = shown(desk.get(f"/intake/{first.pk}/").content.decode())
    answer = desk.post(f"/intake/{first.pk}/finish", form)
    assert answer["HX-Redirect"] == f"/intake/{second.pk}/"


def test_what_is_uncertain_is_asked_and_the_rest_is_filled_in(pharmacy, desk, send):
    pharmacy.receive("lisinopril-brand", "90")
    arrival = send(Rx(**FRESH, days="25"))
    html = desk.get(f"/intake/{arrival.pk}/").content.decode()
    assert "2 things are uncertain" in html
    assert "come to 30" in html
    assert "not on hand" in html
    form = shown(html)
    assert (form["days_supply_source"], form["package_source"]) == ("guessed", "guessed")
    assert form["quantity_source"] == "sent"


def test_a_new_patient_is_taken_on_file_from_the_message_and_the_form_goes_on(
    pharmacy, desk, send
):
    pharmacy.receive("lisinopril", "100")
    card = {"bin": "999999", "pcn": "TESTPCN", "holder": "XYZ1", "name": "Commercial"}
    arrival = send(Rx(**FRESH, last_name="Novak", first_name="Petra", card=card))
    html = desk.get(f"/intake/{arrival.pk}/").content.decode()
    form = shown(html)
    assert (form["new_last_name"], form["new_born_on"]) == ("Novak", "02/29/1980")
    answer = desk.post(f"/intake/{arrival.pk}/patient", form)
    assert answer.status_code == 200
    form = shown(answer.content.decode())
    desk.back()
    patient = Patient.objects.get(last_name="Novak")
    assert form["patient_id"] == str(patient.pk)
    assert form["pay"] == "plan"
    assert patient.coverages.get().bin == "999999"
    desk.post(f"/intake/{arrival.pk}/finish", form)
    desk.back()
    assert Prescription.objects.get().patient == patient


def test_a_new_prescriber_is_taken_on_file_from_the_message(pharmacy, desk, send):
    arrival = send(Rx(**FRESH, npi="1679576722", prescriber_last_name="Osei"))
    form = shown(desk.get(f"/intake/{arrival.pk}/").content.decode())
    form = shown(desk.post(f"/intake/{arrival.pk}/prescriber", form).content.decode())
    desk.back()
    prescriber = Prescriber.objects.get(npi="1679576722")
    assert form["prescriber_id"] == str(prescriber.pk)
    assert Arrival.objects.get().question == ""


def test_of_two_patients_one_is_chosen_and_what_was_typed_stays(pharmacy, desk, send):
    twin = make_patient(pharmacy.pharmacy, "Doe", "Jane", pharmacy.patient.birth_date)
    twin.street, twin.phone = "9 Elm St", "5125550000"
    twin.save()
    arrival = send(Rx(**FRESH, street="General Delivery", phone=""))
    html = desk.get(f"/intake/{arrival.pk}/").content.decode()
    assert "Which patient?" in html
    assert "9 Elm St" in html
    form = shown(html) | {"quantity": "45", "quantity_source": "typed"}
    chosen = form | {"patient_id": str(twin.pk), "patient_source": "accepted"}
    html = desk.post(f"/intake/{arrival.pk}/form", chosen).content.decode()
    form = shown(html)
    assert (form["patient_id"], form["quantity"]) == (str(twin.pk), "45")


def test_with_another_patient_chosen_the_allergies_beside_the_form_are_theirs(
    pharmacy, desk, send
):
    arrival = send(Rx(**FRESH))
    html = desk.get(f"/intake/{arrival.pk}/").content.decode()
    assert "penicillins" not in html
    chosen = shown(html) | {"patient_id": str(pharmacy.insured.pk), "patient": ""}
    html = desk.post(f"/intake/{arrival.pk}/form", chosen).content.decode()
    brief = html[html.index('hx-swap-oob="innerHTML:#brief"') :]
    assert "penicillins" in brief
    assert shown(html)["pay"] == "plan"


def test_nobody_is_taken_on_file_by_a_key_until_the_form_for_it_is_asked_for(
    pharmacy, desk, send
):
    arrival = send(Rx(**FRESH, first_name="Janet"))
    path = f"/intake/{arrival.pk}/choose/patient"
    assert "Take on file" not in desk.client.get(path, {"patient": "doe"}).content.decode()
    asked = desk.client.get(path, {"patient": "doe", "new": "yes"}).content.decode()
    assert "Take on file" in asked


def test_a_refusal_stands_under_its_field_and_nothing_typed_is_lost(pharmacy, desk, send):
    arrival = send(Rx(**FRESH))
    form = shown(desk.get(f"/intake/{arrival.pk}/").content.decode()) | {"quantity": "0"}
    answer = desk.post(f"/intake/{arrival.pk}/finish", form)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#entry", "outerHTML")
    assert 'aria-invalid="true"' in html
    assert "A quantity of 0" in html
    assert shown(html)["directions"] == form["directions"]
    desk.back()
    assert not Prescription.objects.exists()


def test_after_a_refused_name_the_old_choice_is_a_guess_again(pharmacy, desk, send):
    pharmacy.receive("lisinopril-brand", "90")
    arrival = send(Rx(**FRESH))
    form = shown(desk.get(f"/intake/{arrival.pk}/").content.decode())
    typed = form | {"package": "warf", "package_source": "typed"}
    html = desk.post(f"/intake/{arrival.pk}/finish", typed).content.decode()
    assert "&#39;warf&#39; was typed" in html
    assert shown(html)["package_source"] == "guessed"


def test_a_reason_of_the_law_shows_its_citation(pharmacy, desk, send):
    arrival = send(
        Rx(
            **FRESH,
            drug="oxycodone hydrochloride 5 MG Oral Tablet",
            ndc="00406055201",
            dea="AS1234563",
            signed=True,
        )
    )
    form = shown(desk.get(f"/intake/{arrival.pk}/").content.decode())
    answer = desk.post(f"/intake/{arrival.pk}/finish", form)
    assert "21 CFR 1311.300" in answer.content.decode()


def test_leaving_keeps_what_was_typed(pharmacy, desk, send):
    arrival = send(Rx(**FRESH))
    form = shown(desk.get(f"/intake/{arrival.pk}/").content.decode()) | {"refills": "1"}
    assert desk.post(f"/intake/{arrival.pk}/leave", form)["HX-Redirect"] == "/intake/"
    again = shown(Desk(pharmacy, Role.TRAINEE).get(f"/intake/{arrival.pk}/").content.decode())
    assert again["refills"] == "1"


def test_what_another_has_taken_says_by_whom(pharmacy, desk, send):
    arrival = send(Rx(**FRESH))
    desk.post(f"/intake/{arrival.pk}/take")
    other = Desk(pharmacy, Role.TRAINEE)
    assert "Taken by Technician S" in other.get(f"/intake/{arrival.pk}/").content.decode()
    assert other.post(f"/intake/{arrival.pk}/take").status_code == 409
    assert other.post(f"/intake/{arrival.pk}/take", {"over": "yes"}).status_code == 204


@pytest.mark.parametrize("way", ["set-aside", "cancel"])
def test_laying_it_by_asks_why(desk, send, way):
    arrival = send(Rx(**FRESH))
    assert desk.post(f"/intake/{arrival.pk}/{way}").status_code == 409
    answer = desk.post(f"/intake/{arrival.pk}/{way}", {"because": "sent twice"})
    assert answer["HX-Redirect"] == "/intake/"


def test_the_directions_are_read_out_while_they_are_typed(pharmacy, desk, send):
    arrival = send(Rx(**FRESH))
    package = str(pharmacy.drugs["lisinopril"].pk)
    answer = desk.client.get(
        f"/intake/{arrival.pk}/readout",
        {
            "directions": "1 tab po bid",
            "quantity": "30",
            "days_supply": "30",
            "package_id": package,
        },
    )
    html = answer.content.decode()
    assert "Take 1 tablet by mouth twice daily." in html
    assert 'lang="es"' in html
    assert "30 days are typed" in html


@pytest.mark.parametrize(
    ("of", "asked", "says"),
    [
        ("patient", "doe,jane", "02/29/1980"),
        ("patient", "zzz", "Nothing on file fits"),
        ("prescriber", "smi", "SMITH, Alex"),
        ("prescriber", "1234567893", "SMITH, Alex"),
        ("package", "lisin 10", "Prinivil"),
        ("package", "68180-0980-1", "68180-0980-1"),
        ("package", "", "lisinopril"),
    ],
)
def test_what_is_typed_finds_what_may_be_chosen(desk, send, of, asked, says):
    arrival = send(Rx(**FRESH))
    answer = desk.client.get(f"/intake/{arrival.pk}/choose/{of}", {of: asked})
    assert says in answer.content.decode()


def test_equivalents_stand_on_hand_first(pharmacy, desk, send):
    pharmacy.receive("lisinopril-brand", "90")
    arrival = send(Rx(**FRESH, substitutions="1"))
    package = str(pharmacy.drugs["lisinopril"].pk)
    html = desk.client.get(
        f"/intake/{arrival.pk}/choose/package", {"asked": "", "package_id": package}
    ).content.decode()
    assert html.index("Prinivil") < html.index("0 on hand")


def test_paper_is_taken_in_with_its_image_and_shown_beside_the_form(pharmacy, desk):
    upload = SimpleUploadedFile("rx.png", PNG, content_type="image/png")
    answer = desk.client.post("/intake/new", {"source": "paper", "image": upload})
    arrival = Arrival.objects.get()
    assert answer.url == f"/intake/{arrival.pk}/"
    html = desk.get(answer.url).content.decode()
    path = f"/intake/image/{arrival.image_id}"
    assert path in html
    picture = desk.get(path)
    assert (picture.content, picture["Content-Type"]) == (PNG, "image/png")
    assert Client().get(path).status_code != 200
    assert arrival.source == Source.PAPER


def test_what_is_missing_by_hand_is_said_and_what_was_typed_stays(pharmacy):
    desk = Desk(pharmacy, Role.PHARMACIST)
    answer = desk.client.post("/intake/new", {"source": "phone", "caller": "Lee"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Read it back" in html
    assert 'value="Lee"' in html
    assert desk.client.post("/intake/new", {"source": "pigeon"}).status_code == 409
    desk.back()
    assert not Arrival.objects.exists()


def test_a_fill_that_was_sent_back_is_mended_on_the_same_form(pharmacy, desk):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    by = {"waiting": pharmacy.system}
    for step in ("waiting", "filling", "check"):
        worker = by.get(step, pharmacy.technician)
        advance(fill, FillState(step), by=worker, did=Deed.FILL_MOVED)
    advance(
        fill,
        FillState.ENTRY,
        by=pharmacy.pharmacist,
        did=Deed.FILL_SENT_BACK,
        because="60 tablets",
    )
    html = desk.get(f"/intake/fill/{fill.pk}/").content.decode()
    assert "Sent back: 60 tablets" in html
    form = shown(html) | {"quantity": "60", "days_supply": "60"}
    refused = desk.post(f"/intake/fill/{fill.pk}/finish", form | {"quantity": "-1"})
    assert refused.status_code == 409
    assert desk.post(f"/intake/fill/{fill.pk}/finish", form)["HX-Redirect"] == "/"
    desk.back()
    assert Fill.objects.get(pk=fill.pk).quantity == 60


def test_a_clerk_sees_no_entry_form_and_nobody_sees_another_pharmacys(pharmacy, desk, send):
    arrival = send(Rx(**FRESH))
    assert Desk(pharmacy, Role.CLERK).get(f"/intake/{arrival.pk}/").status_code == 403
    assert desk.get("/intake/999999/").status_code == 404
    assert Client().get(f"/intake/{arrival.pk}/").status_code in {302, 401}


@pytest.mark.parametrize("path", ["/intake/", "/intake/{}/", "/intake/new"])
def test_a_screen_costs_few_statements(pharmacy, desk, send, path):
    pharmacy.receive("lisinopril", "100")
    arrival = send(Rx(**FRESH))
    desk.get("/intake/")
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(path.format(arrival.pk)).status_code == 200
    assert len(seen) <= 8, [query["sql"][:100] for query in seen.captured_queries]
