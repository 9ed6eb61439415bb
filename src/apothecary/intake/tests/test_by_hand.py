"""Paper, fax, telephone and counter: what must be there for it to count as taken in."""

from dataclasses import replace

import pytest

from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import finish_entry
from apothecary.intake.forms import MOST_IMAGE_BYTES, read_picture
from apothecary.intake.models import Arrival, Image, Source
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Prescription
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

PNG = b"\x89PNG\r\n\x1a\n" + b"rest of a picture"
CALL = ByHand(
    source=Source.PHONE, caller="Lee at Dr. Smith's", read_back=True, said="lisinopril 10 qd"
)


def test_paper_is_kept_as_its_image_and_written_down(pharmacy):
    given = ByHand(source=Source.PAPER, picture=read_picture(PNG), waiter=True)
    arrival = receive_by_hand(by=pharmacy.technician, given=given)
    image = Image.objects.get()
    assert (image.content_type, bytes(image.content)) == ("image/png", PNG)
    assert (arrival.image, arrival.waiter, arrival.question) == (image, True, "")
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("arrival", arrival.pk)])
    assert [line.deed for line in lines] == [Deed.MESSAGE_RECEIVED]


@pytest.mark.parametrize("source", [Source.PAPER, Source.FAX])
def test_paper_and_fax_come_with_their_image(pharmacy, source):
    with pytest.raises(Refused, match="image"):
        receive_by_hand(by=pharmacy.technician, given=ByHand(source=source))
    assert not Arrival.objects.exists()


def test_a_walk_in_needs_neither_image_nor_caller(pharmacy):
    given = ByHand(source=Source.WALK_IN, patient_id=pharmacy.patient.pk)
    arrival = receive_by_hand(by=pharmacy.technician, given=given)
    assert arrival.patient == pharmacy.patient


def test_an_electronic_prescription_cannot_be_made_up_by_hand(pharmacy):
    with pytest.raises(Refused, match="message alone"):
        receive_by_hand(by=pharmacy.pharmacist, given=ByHand(source=Source.ELECTRONIC))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"caller": " "}, "caller"), ({"said": ""}, "said"), ({"read_back": False}, "read_back")],
)
def test_a_call_names_the_caller_and_is_read_back(pharmacy, change, field):
    with pytest.raises(Refused) as refusal:
        receive_by_hand(by=pharmacy.pharmacist, given=replace(CALL, **change))
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN])
def test_a_new_prescription_by_telephone_is_not_theirs_to_take(pharmacy, role):
    with pytest.raises(NotAllowed):
        receive_by_hand(by=pharmacy.workers[role], given=CALL)
    assert not Arrival.objects.exists()


def test_a_call_remembers_who_took_it(pharmacy):
    arrival = receive_by_hand(by=pharmacy.pharmacist, given=CALL)
    assert (arrival.caller, arrival.taken_by) == (CALL.caller, pharmacy.pharmacist.person_id)
    assert arrival.sent_values == {"said": "lisinopril 10 qd"}


@pytest.mark.parametrize(("role", "taken"), [("pharmacist", True), ("intern", False)])
def test_a_controlled_drug_by_telephone_must_have_been_taken_by_who_may(
    pharmacy, form, role, taken
):
    arrival = receive_by_hand(by=pharmacy.workers[Role(role)], given=CALL)
    form |= {"package_id": str(pharmacy.drugs["alprazolam"].pk), "origin": "2"}
    if taken:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
        assert Prescription.objects.count() == 1
        return
    with pytest.raises(Refused, match="not allowed to take a controlled") as refusal:
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)
    assert "1306.21" in refusal.value.problems[0].cite
    assert not Prescription.objects.exists()


def test_a_schedule_two_drug_is_not_taken_by_telephone(pharmacy, form):
    arrival = receive_by_hand(by=pharmacy.pharmacist, given=CALL)
    form |= {"package_id": str(pharmacy.drugs["oxycodone"].pk), "origin": "2", "refills": "0"}
    with pytest.raises(Refused, match="emergency only"):
        finish_entry(by=pharmacy.technician, arrival_id=arrival.pk, typed=form)


@pytest.mark.parametrize("content", [b"", b"%!PS-Adobe", b"GIF89a", b"<svg/>", PNG[1:]])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(Refused, match="not a PNG, JPEG, PDF or TIFF"):
        read_picture(content)


@pytest.mark.parametrize(
    ("size", "fits"), [(MOST_IMAGE_BYTES - 1, True), (MOST_IMAGE_BYTES, True),
                       (MOST_IMAGE_BYTES + 1, False)]
)  # fmt: skip
def test_an_image_has_at_most_five_megabytes(size, fits):
    content = PNG.ljust(size, b"\x00")
    if fits:
        assert read_picture(content).content == content
        return
    with pytest.raises(Refused, match="at most"):
        read_picture(content)


def test_a_jpeg_photo_is_known_by_its_first_bytes():
    assert read_picture(b"\xff\xd8\xff\xe0rest").content_type == "image/jpeg"
