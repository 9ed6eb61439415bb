"""The label says what the law asks for, only after bottle and count, and stays as printed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apothecary.config.tests.world import NOON, TODAY
from apothecary.filling.actions import (
    count_and_label,
    print_label,
    print_label_again,
    record_count,
    scan_bottle,
    send_to_check,
    start_filling,
)
from apothecary.filling.label import fingerprint, legal_problems, read, written
from apothecary.filling.models import LabelPrint
from apothecary.filling.tests.bench import filling, labelled, lines, scanned, symbol, waiting
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Fill
from apothecary.staff.worker import NotAllowed
from apothecary.wires.gs1 import read_scan
from apothecary.workbench.labels import label_image, label_pdf, label_zpl, prepared


def printed(fill):
    return read(LabelPrint.objects.filter(fill=fill).latest("id").content)


def test_a_label_says_everything_that_is_asked_for(pharmacy):
    label = printed(labelled(pharmacy))
    assert label.pharmacy_name == "Sample Community Pharmacy"
    assert label.pharmacy_address == "100 Main St, Anytown, TX 78701"
    assert (label.patient_name, label.prescriber_name) == ("Jane Doe", "Smith, Alex")
    assert (label.drug_name, label.strength, label.form) == ("lisinopril", "10 mg", "tablet")
    assert (label.ndc, label.labeler) == ("68180-0980-1", "Example Labs")
    assert (label.quantity, label.quantity_text) == (30, "30 tablets")
    assert label.directions == "Take 1 tablet by mouth once daily."
    assert (label.filled_on, label.refills_left, label.fill_number) == (TODAY, 2, 0)
    assert (label.lot, label.technician, label.cautions) == ("L1", "S2", ())


def test_the_code_on_the_label_is_read_back_as_this_fill(pharmacy):
    fill = labelled(pharmacy)
    matrix, parts = prepared(printed(fill), 203)
    picture = label_image(parts[0], matrix, 203).convert("L")
    code = zxingcpp.read_barcode(
        picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)
    )
    assert code is not None
    scan = read_scan(code.text)
    assert (scan.rx_number, scan.fill_number, scan.part) == (
        str(fill.prescription.number),
        0,
        1,
    )


def test_the_label_goes_to_paper_and_to_a_label_printer(pharmacy):
    content = printed(labelled(pharmacy))
    assert label_pdf(content).startswith(b"%PDF")
    zpl = label_zpl(content).decode()
    assert zpl.startswith("^XA")
    assert "Take 1 tablet by mouth once daily." in zpl


@pytest.mark.parametrize(
    ("drug", "cautioned"),
    [("oxycodone", True), ("testosterone", True), ("alprazolam", True), ("pregabalin", False)],
)
def test_schedules_ii_to_iv_carry_the_caution_against_transfer(pharmacy, drug, cautioned):
    label = printed(labelled(pharmacy, drug, quantity="10" if drug == "testosterone" else "30"))
    assert any("transfer" in caution for caution in label.cautions) is cautioned


def test_who_reads_spanish_gets_the_directions_in_spanish(pharmacy):
    Patient.objects.filter(pk=pharmacy.patient.pk).update(language="es")
    fill = waiting(pharmacy, directions_spanish="Tome 1 tableta por la boca una vez al día.")
    start_filling(by=pharmacy.technician, fill_id=fill.pk)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril"))
    count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    label = printed(fill)
    assert label.directions == "Tome 1 tableta por la boca una vez al día."
    assert (label.language, label.quantity_text) == ("es", "30 tabletas")


def test_without_spanish_directions_the_label_is_english_throughout(pharmacy):
    Patient.objects.filter(pk=pharmacy.patient.pk).update(language="es")
    label = printed(labelled(pharmacy))
    assert (label.language, label.unit_word) == ("en", "")


def test_the_auxiliary_texts_of_the_product_stand_on_the_label(pharmacy):
    product = pharmacy.drugs["lisinopril"].product
    product.auxiliary = "drowsiness;with-food"
    product.save()
    label = printed(labelled(pharmacy))
    assert label.auxiliary[1] == "Take with food or milk."
    assert len(label.auxiliary) == 2


def test_the_brand_that_was_ordered_is_named_beside_its_generic(pharmacy):
    fill = scanned(pharmacy)
    type(fill.prescription).objects.filter(pk=fill.prescription_id).update(
        package=pharmacy.drugs["lisinopril-brand"]
    )
    count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    assert printed(fill).generic_for == "Prinivil"


def test_two_lots_are_both_named_and_the_sooner_expiry_counts(pharmacy):
    sooner = date(2027, 3, 31)
    fill = filling(pharmacy)
    pharmacy.receive("lisinopril", "12", lot="L2", expires_on=sooner)
    for lot, until in (("L2", sooner), ("L1", date(2028, 12, 31))):
        raw = symbol(pharmacy, "lisinopril", lot=lot, until=until)
        scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=raw)
    count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    label = printed(fill)
    assert (label.lot, label.expires_on, label.discard_after) == ("L1, L2", sooner, sooner)


def test_no_label_before_the_bottle_and_the_count(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused) as refusal:
        print_label(by=pharmacy.technician, fill_id=fill.pk)
    assert [problem.code for problem in refusal.value.problems] == ["no-bottle", "not-counted"]
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril"))
    with pytest.raises(Refused, match="Count first"):
        print_label(by=pharmacy.technician, fill_id=fill.pk)
    assert not LabelPrint.objects.exists()


def test_a_label_is_printed_again_only_with_a_reason_and_both_are_kept(pharmacy):
    fill = labelled(pharmacy)
    with pytest.raises(Refused, match="Technician S has printed this label: say why"):
        print_label(by=pharmacy.technician, fill_id=fill.pk)
    again = print_label(by=pharmacy.technician, fill_id=fill.pk, because="smudged")
    assert LabelPrint.objects.filter(fill=fill).count() == 2
    said = lines(pharmacy, fill)[-1]
    assert (said.deed, said.details["because"]) == (Deed.LABEL_PRINTED, "smudged")
    assert said.details["sha256"] == again.content_hash


def test_a_clerk_may_not_print_and_a_fill_that_waits_has_no_label(pharmacy):
    fill = labelled(pharmacy)
    with pytest.raises(NotAllowed):
        print_label(by=pharmacy.clerk, fill_id=fill.pk, because="x")
    with pytest.raises(Refused, match="not in filling"):
        print_label(by=pharmacy.technician, fill_id=waiting(pharmacy, "metformin").pk)


def test_a_label_that_lacks_something_is_not_printed(pharmacy):
    fill = scanned(pharmacy)
    record_count(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    product = pharmacy.drugs["lisinopril"].product
    product.labeler = ""
    product.save()
    with pytest.raises(Refused, match="lacks the labeler"):
        print_label(by=pharmacy.technician, fill_id=fill.pk)
    assert not LabelPrint.objects.exists()


def test_a_controlled_label_without_its_caution_breaks_the_law_it_names(pharmacy):
    label = printed(labelled(pharmacy, "oxycodone"))
    assert legal_problems(label, schedule=2, state="TX") == []
    bare = replace(label, cautions=())
    problems = legal_problems(bare, schedule=2, state="TX")
    assert "290.5" in " ".join(problem.cite for problem in problems)


def test_a_label_of_a_vial_that_has_gone_on_is_printed_again_as_it_was(pharmacy):
    fill = labelled(pharmacy)
    send_to_check(by=pharmacy.technician, fill_id=fill.pk)
    first = LabelPrint.objects.get(fill=fill)
    Patient.objects.filter(pk=pharmacy.patient.pk).update(last_name="Changed")
    tomorrow = pharmacy.technician.at_time(NOON + timedelta(days=1), TODAY + timedelta(days=1))
    again = print_label_again(by=tomorrow, fill_id=fill.pk, because="torn")
    assert (again.content, again.pk != first.pk) == (first.content, True)


def test_printing_again_needs_a_reason_a_label_and_a_vial_that_is_there(pharmacy):
    fill = labelled(pharmacy)
    with pytest.raises(Refused, match="not in check or ready"):
        print_label_again(by=pharmacy.technician, fill_id=fill.pk, because="torn")
    with pytest.raises(Refused, match="why it is printed again"):
        print_label_again(by=pharmacy.technician, fill_id=fill.pk, because="")
    Fill.objects.filter(pk=fill.pk).update(state="ready")
    LabelPrint.objects.all().delete()
    with pytest.raises(Refused, match="No label of this fill"):
        print_label_again(by=pharmacy.technician, fill_id=fill.pk, because="torn")


def test_a_label_read_back_is_the_label_that_was_written(pharmacy):
    content = printed(labelled(pharmacy, "hydrocortisone", quantity="28.4"))
    assert read(written(content)) == content
    assert fingerprint(written(content)) != fingerprint(written(replace(content, lot="X")))


@given(
    quantity=st.decimals(Decimal("0.001"), Decimal(9999), places=3),
    directions=st.text(min_size=1),
    auxiliary=st.lists(st.text(), max_size=3),
)
def test_every_label_survives_being_written_and_read(quantity, directions, auxiliary):
    label = replace(
        SAMPLE, quantity=quantity, directions=directions, auxiliary=tuple(auxiliary)
    )
    assert read(written(label)) == label


SAMPLE = read(
    '{"pharmacy_name":"P","pharmacy_address":"A","pharmacy_phone":"5125550100","rx_number":"1",'
    '"fill_number":0,"filled_on":"2026-11-23","written_on":"2026-11-20","patient_name":"N",'
    '"patient_address":"","prescriber_name":"S","drug_name":"D","strength":"","form":"",'
    '"labeler":"L","ndc":"1-2-3","quantity":"30","unit":"EA","directions":"x",'
    '"refills_left":0,"discard_after":"2027-11-23","payload":"RX1-0-1","language":"en",'
    '"unit_word":"","generic_for":"","auxiliary":[],"cautions":[],"lot":"","expires_on":null,'
    '"technician":"","pharmacist":""}'
)
