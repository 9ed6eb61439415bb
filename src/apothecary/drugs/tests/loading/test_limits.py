"""Part B limits and names of substances on the drug file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apothecary.drugs.loading.asp import ASP, CROSSWALK
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.unii import UNII
from apothecary.drugs.models import Ingredient, Package
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import BillingCode, PaymentLimit, SubstanceName
from apothecary.drugs.tests.test_pages import seen

CUTS = Path(__file__).parent.parent / "cuts" / "side"
AT = datetime(2026, 3, 12, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(kind: Kind, path: Path) -> Report:
    return load(kind, path, by="a test", at=AT)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ASP, "asp_payment_limit.csv"),
        (CROSSWALK, "asp_ndc_hcpcs.csv"),
        (UNII, "unii_names.csv"),
    ],
)
def test_a_file_is_loaded_whole_and_the_same_again_changes_nothing(kind, name):
    report = take(kind, CUTS / name)
    assert report.counts.read == report.counts.new > 5
    assert take(kind, CUTS / name).changed_nothing


@pytest.mark.parametrize(
    ("kind", "name", "model"),
    [
        (ASP, "asp_payment_limit.csv", PaymentLimit),
        (CROSSWALK, "asp_ndc_hcpcs.csv", BillingCode),
    ],
)
def test_a_row_that_is_there_twice_refuses_the_file(tmp_path, kind, name, model):
    text = (CUTS / name).read_text()
    row = next(line for line in text.splitlines() if line.startswith("J1100"))
    (tmp_path / name).write_text(f"{text}{row}\n")
    with pytest.raises(BadRow, match="J1100 is there twice"):
        take(kind, tmp_path / name)
    assert not model.objects.exists()


def test_a_code_that_left_the_quarter_is_marked_gone(tmp_path):
    take(ASP, CUTS / "asp_payment_limit.csv")
    lines = (CUTS / "asp_payment_limit.csv").read_text().splitlines()
    kept = [line for line in lines if not line.startswith("J1817")]
    path = tmp_path / "asp_payment_limit.csv"
    path.write_text("\n".join([*kept, ""]))
    assert take(ASP, path).counts.gone == 1
    assert PaymentLimit.objects.get(hcpcs="J1817").gone_on == AT.date()


def test_the_page_says_how_part_b_bills_a_package(pharmacy, tmp_path):
    package = Package.objects.get(pk=pharmacy.drugs["insulin"].pk)
    text = (CUTS / "asp_ndc_hcpcs.csv").read_text()
    path = tmp_path / "asp_ndc_hcpcs.csv"
    path.write_text(text.replace("J1100", "J1817", 1).replace("00404979530", package.ndc11, 1)
                    .replace("00404-9795-30", package.ndc11, 1))  # fmt: skip
    take(CROSSWALK, path)
    html = seen(pharmacy, "insulin")
    assert "part B: J1817, 120 × 1 MG" in html
    assert "limit $" not in html
    take(ASP, CUTS / "asp_payment_limit.csv")
    assert "limit $3.20 each" in seen(pharmacy, "insulin")
    assert "part B" not in seen(pharmacy, "lisinopril")


def test_an_ingredient_without_a_unii_gets_that_of_its_name_alone():
    none = Ingredient.objects.create(key="warfarin", name="warfarin")
    kept = Ingredient.objects.create(key="coumadin", name="coumadin", unii="0000000000")
    report = take(UNII, CUTS / "unii_names.csv")
    none.refresh_from_db()
    kept.refresh_from_db()
    assert (none.unii, kept.unii) == ("5Q7ZVV76EI", "0000000000")
    assert report.tables["ingredient"].changed == 1
    assert SubstanceName.objects.filter(unii="5Q7ZVV76EI").count() > 3


def test_a_name_of_two_substances_names_no_ingredient(tmp_path):
    Ingredient.objects.create(key="warfarin", name="warfarin")
    text = (CUTS / "unii_names.csv").read_text()
    path = tmp_path / "unii_names.csv"
    path.write_text(f"{text}WARFARIN,cn,ABCDEFGHIJ,ANOTHER\n")
    take(UNII, path)
    assert Ingredient.objects.get().unii == ""
