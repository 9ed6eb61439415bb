"""Days' supply of products that are billed otherwise than they are used."""

from decimal import Decimal

import pytest

from apothecary.directions.product import Customs, Product
from apothecary.directions.reading import read_directions
from apothecary.directions.supply import Proof, days_supply

PENS = Product(
    name="Lantus Solostar insulin glargine 100 unit/mL",
    form="INJECTION, SOLUTION",
    unit="ML",
    package_quantity=Decimal(15),
    package_text="5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE",
)
VIAL = Product(
    name="Humalog insulin lispro 100 unit/mL",
    form="INJECTION, SOLUTION",
    unit="ML",
    package_quantity=Decimal(10),
    package_text="1 VIAL, MULTI-DOSE in 1 CARTON > 10 mL in 1 VIAL, MULTI-DOSE",
)
INHALER = Product(
    name="albuterol",
    form="AEROSOL, METERED",
    unit="GM",
    package_quantity=Decimal("8.5"),
    package_text="1 INHALER in 1 CARTON > 200 AEROSOL, METERED in 1 INHALER",
)
SPRAY = Product(
    name="fluticasone",
    form="SPRAY, METERED",
    unit="GM",
    package_quantity=Decimal(16),
    package_text="1 BOTTLE, GLASS in 1 CARTON > 120 SPRAY, METERED in 1 BOTTLE, GLASS",
)


def drops(name: str = "timolol", form: str = "SOLUTION/ DROPS", ml: str = "5") -> Product:
    return Product(
        name=name,
        form=form,
        route="OPHTHALMIC",
        unit="ML",
        package_quantity=Decimal(ml),
        package_text=f"1 BOTTLE, DROPPER in 1 CARTON > {ml} mL in 1 BOTTLE, DROPPER",
    )


def proved(quantity: str, sig: str, product: Product, customs: Customs | None = None) -> Proof:
    directions = read_directions(sig, form=product.form, drug=product.name)
    assert directions.certain, directions.questions
    return days_supply(
        Decimal(quantity), directions, product=product, customs=customs or Customs()
    )


@pytest.mark.parametrize(
    ("quantity", "sig", "product", "days"),
    [
        # 20 drops a mL of a solution, 15 of a suspension or emulsion.
        ("5", "1 drop in both eyes twice daily", drops(), 25),
        ("2.5", "1 drop in the right eye at bedtime", drops(ml="2.5"), 50),
        ("5", "1 drop in the left eye twice daily", drops(form="SUSPENSION/ DROPS"), 37),
        ("10", "2 drops in both eyes 4 times daily", drops(form="SUSPENSION", ml="10"), 9),
        ("5.5", "1 drop in both eyes twice daily", drops(form="EMULSION", ml="5.5"), 20),
        # Products with their own number of drops.
        ("3", "1 drop in both eyes 4 times daily", drops("Miebo", "SOLUTION", "3"), 34),
        ("2", "1 drop in both eyes twice daily", drops("Vevye", "SOLUTION", "2"), 50),
        ("2.5", "1 drop in the right eye at bedtime", drops("Vyzulta", "SOLUTION", "2.5"), 56),
        ("2.5", "1 drop in both eyes at bedtime", drops("Vyzulta", "SOLUTION", "2.5"), 40),
        # Opened drops expire where the product says so, and only there.
        ("2.5", "1 drop in both eyes at bedtime", drops("Xalatan", ml="2.5"), 25),
        ("2.5", "1 drop in the right eye at bedtime", drops("Xalatan", ml="2.5"), 42),
        ("5", "1 drop in the right eye at bedtime", drops("Xalatan", ml="2.5"), 84),
        ("2.5", "1 drop in the right eye at bedtime", drops("AzaSite", ml="2.5"), 14),
        # Vials: no priming, 28 days in use at most.
        ("10", "inject 35 units under the skin daily", VIAL, 28),
        ("10", "inject 36 units under the skin daily", VIAL, 27),
        ("10", "inject 10 units under the skin daily", VIAL, 28),
        ("20", "inject 10 units under the skin daily", VIAL, 56),
        ("20", "inject 40 units under the skin daily", VIAL, 50),
        # Pens: two units to prime before each injection.
        ("15", "inject 22 units under the skin daily", PENS, 62),
        ("15", "inject 11 units under the skin twice daily", PENS, 57),
        ("15", "inject 2 units under the skin daily", PENS, 140),
        ("3", "inject 10 units under the skin daily", PENS, 25),
        # Inhalers and nasal sprays by the labelled number.
        ("8.5", "inhale 2 puffs by mouth 4 times daily", INHALER, 25),
        ("17", "inhale 2 puffs by mouth every 6 hours as needed", INHALER, 50),
        ("16", "2 sprays in each nostril daily", SPRAY, 30),
        ("16", "1 spray in each nostril twice daily", SPRAY, 30),
    ],
)
def test_the_days_of_a_product_are_proved(
    quantity: str, sig: str, product: Product, days: int
) -> None:
    proof = proved(quantity, sig, product)
    assert proof.days == days, proof.lines


@pytest.mark.parametrize(
    ("product", "sig", "quantity", "days"),
    [
        (Product(unit="EA", unit_word="inhaler", package_quantity=Decimal(1),
                 package_text="1 POUCH in 1 CARTON > 1 INHALER in 1 POUCH > 60 POWDER, METERED"
                 " in 1 INHALER"), "1 puff bid", "1", 30),
        (Product(unit="EA", unit_word="dose", package_quantity=Decimal(60),
                 package_text="1 INHALER in 1 CARTON > 60 POWDER, METERED in 1 INHALER"),
         "1 puff bid", "60", 30),
        (Product(unit="EA", unit_word="patch", package_quantity=Decimal(8),
                 package_text="8 POUCH in 1 CARTON > 1 PATCH in 1 POUCH > 3.5 d in 1 PATCH"),
         "apply 1 patch twice a week", "8", 28),
        (Product(unit="EA"), "apply 1 patch every 72 hours", "10", 30),
        (Product(unit="ML", package_quantity=Decimal(2),
                 package_text="4 SYRINGE in 1 CARTON > .5 mL in 1 SYRINGE"),
         "inject 1 pen under the skin once a week", "2", 28),
        (Product(unit="ML", package_quantity=Decimal(75),
                 package_text="25 VIAL in 1 CARTON > 3 mL in 1 VIAL"),
         "1 vial via nebulizer q6h", "75", 6),
        (Product(name="amoxicillin 250 mg/5 mL", unit="ML", form="POWDER, FOR SUSPENSION"),
         "take 500 mg by mouth twice daily for 10 days", "200", 10),
        (Product(name="amoxicillin 250 mg/5 mL", unit="ML", form="POWDER, FOR SUSPENSION"),
         "take 500 mg by mouth twice daily for 10 days", "199", 9),
    ],
)  # fmt: skip
def test_what_a_package_holds_is_read_from_the_listing_or_the_strength(
    product: Product, sig: str, quantity: str, days: int
) -> None:
    proof = days_supply(Decimal(quantity), read_directions(sig), product=product)
    assert proof.days == days, proof.lines


@pytest.mark.parametrize(
    ("product", "sig", "line"),
    [
        (drops(form="OINTMENT"), "instill 1 drop in both eyes daily",
         "Drops of a gel or ointment cannot be reckoned."),
        (drops(form="INSERT"), "instill 1 drop in both eyes daily",
         "How many drops one ML holds is not known."),
        (Product(unit="EA"), "instill 1 drop in both eyes daily",
         "How many drops one EA holds is not known."),
        (Product(unit="EA", unit_word="inhaler"), "inhale 2 puffs daily",
         "How many puffs one EA holds is not known."),
        (Product(unit="EA", unit_word="kit"), "take 1 tablet by mouth daily",
         "How many tablets one EA holds is not known."),
        (Product(unit="ML", name="insulin glargine"), "inject 10 units subcut daily",
         "How many units one ML holds is not known."),
        (Product(unit="EA", name="insulin 100 unit/mL"), "inject 10 units subcut daily",
         "How many units one EA holds is not known."),
        (Product(unit="ML", name="x 100 unit/mL, x 200 unit/mL"), "10 units subcut daily",
         "How many units one ML holds is not known."),
        (Product(unit="ML", name="x 100 unit/0 mL"), "10 units subcut daily",
         "How many units one ML holds is not known."),
        (Product(unit="ML", name="amoxicillin 400-57 mg/5 mL"), "400 mg po daily",
         "How many mg one ML holds is not known."),
        (Product(unit="ML", name="codeine 12 mg and promethazine 6 mg/5 mL"), "12 mg po daily",
         "How many mg one ML holds is not known."),
        (Product(unit="ML", name="levothyroxine 25 mcg/mL"), "1 mg po daily",
         "How many mg one ML holds is not known."),
        (Product(unit="ML", package_text="25 BAG in 1 CARTON > 3 mL in 1 BAG",
                 package_quantity=Decimal(75)), "1 vial via nebulizer q6h",
         "How many vials one ML holds is not known."),
        (Product(unit="GM", form="CREAM"), "apply to affected area twice daily",
         "How large is the area, in palms, or how many grams are used a day?"),
    ],
)  # fmt: skip
def test_where_a_number_is_missing_a_sentence_says_which(
    product: Product, sig: str, line: str
) -> None:
    proof = days_supply(Decimal(10), read_directions(sig), product=product)
    assert proof.days is None
    assert line in proof.lines


@pytest.mark.parametrize(
    ("units", "days"), [("56", 23), ("57", None), ("58", 22), ("57.5", None)]
)
def test_a_dose_between_two_steps_of_the_pen_is_asked_and_not_counted(
    units: str, days: int | None
) -> None:
    product = Product(
        name="Toujeo Max insulin glargine 300 unit/mL",
        unit="ML",
        package_quantity=Decimal(6),
        package_text="2 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE",
    )
    proof = proved("4.5", f"inject {units} units under the skin daily", product)
    assert proof.days == days, proof.lines
    if days is None:
        assert proof.lines[-1].startswith("The pen steps by 2 units:")
        assert proof.lines[-1].endswith("Ask the prescriber.")


@pytest.mark.parametrize(
    ("prime", "days"), [(None, 62), (Decimal(2), 62), (Decimal(0), 68), (Decimal(3), 60)]
)
def test_priming_is_two_units_unless_the_house_sets_another_number(
    prime: Decimal | None, days: int
) -> None:
    customs = Customs(prime_units=prime)
    proof = proved("15", "inject 22 units under the skin daily", PENS, customs)
    assert proof.days == days
    unsure = "Priming differs by pen and payer: without it the pens last longer."
    assert (unsure in proof.doubts) == (prime is None)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("Lantus insulin glargine 100 unit/mL pen", 28),
        ("Tresiba insulin degludec 100 unit/mL pen", 56),
        ("insulin glargine 300 unit/mL pen", 56),
        ("Humulin N 100 unit/mL pen", 14),
        ("Humulin 70/30 100 unit/mL pen", 10),
        ("exenatide 100 unit/mL pen", 300),
    ],
)
def test_an_opened_pen_is_thrown_away_after_the_days_of_its_product(
    name: str, days: int
) -> None:
    product = Product(
        name=name,
        unit="ML",
        package_quantity=Decimal(3),
        package_text="1 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE",
    )
    customs = Customs(prime_units=Decimal(0))
    proof = proved("3", "inject 1 unit under the skin daily", product, customs)
    assert proof.days == days, proof.lines


def test_how_long_an_opened_one_keeps_is_asked_where_it_differs_and_is_not_known() -> None:
    product = Product(
        name="Humulin insulin human 100 unit/mL pen",
        form="INJECTION, SUSPENSION",
        unit="ML",
        package_quantity=Decimal(15),
        package_text="5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE",
    )
    proof = proved("15", "inject 10 units under the skin daily", product)
    assert proof.days is None
    assert proof.lines[-1].startswith("How long an opened one of this product keeps")


def test_without_the_size_of_a_container_its_expiry_cannot_be_reckoned() -> None:
    product = Product(name="insulin lispro 100 unit/mL vial", unit="ML")
    few = proved("10", "inject 40 units under the skin daily", product)
    many = proved("10", "inject 10 units under the skin daily", product)
    assert few.days == 25
    assert many.days is None
    assert many.lines[-1] == (
        "How much one container holds is not known; opened it keeps 28 days."
    )


def test_an_opened_vial_that_expires_while_the_dose_changes_is_reckoned_by_hand() -> None:
    sig = "inject 5 units under the skin daily for 20 days then 10 units daily"
    assert proved("10", sig, VIAL).lines[-1] == (
        "An opened one expires while the dose changes: reckon by hand."
    )
    quick = "inject 40 units under the skin daily for 20 days then 50 units daily"
    assert proved("20", quick, VIAL).days == 44


@pytest.mark.parametrize(("palms", "days"), [("2", 30), ("4", 15), ("1", 60), ("8", 7)])
def test_a_cream_without_a_dose_is_reckoned_by_the_palms_it_covers(
    palms: str, days: int
) -> None:
    cream = Product(unit="GM", form="CREAM")
    customs = Customs(palms=Decimal(palms))
    proof = proved("30", "apply to affected area twice daily", cream, customs)
    assert proof.days == days, proof.lines
    assert any(line.source.startswith("DS-AREA") for line in proof.working)


@pytest.mark.parametrize(("per_ml", "days"), [(None, 25), ("15", 18), ("16", 20), ("20", 25)])
def test_a_payer_may_set_its_own_number_of_drops(per_ml: str | None, days: int) -> None:
    customs = Customs(drops_per_ml=Decimal(per_ml) if per_ml else None)
    assert proved("5", "1 drop in both eyes twice daily", drops(), customs).days == days


@pytest.mark.parametrize(("month", "days"), [(None, 90), (28, 84), (30, 90)])
def test_a_month_is_thirty_days_unless_the_payer_says_twenty_eight(
    month: int | None, days: int
) -> None:
    proof = proved(
        "3",
        "take 1 tablet by mouth once a month",
        Product(unit="EA"),
        Customs(month_days=month),
    )
    assert proof.days == days
    assert "A month may be 28 or 30 days, as the payer has it." in proof.doubts


@pytest.mark.parametrize(
    ("quantity", "product", "doubted"),
    [
        ("15", PENS, False),
        ("12", PENS, True),
        ("30", PENS, False),
        ("10", VIAL, False),
        ("5", VIAL, True),
        ("8.5", INHALER, False),
        ("8", INHALER, True),
    ],
)
def test_a_broken_package_is_doubted(quantity: str, product: Product, doubted: bool) -> None:
    puffs = product is INHALER
    sig = "inhale 2 puffs daily" if puffs else "inject 40 units under the skin daily"
    proof = proved(quantity, sig, product)
    assert any("no whole number of packages" in doubt for doubt in proof.doubts) == doubted


def test_a_split_bottle_of_tablets_is_no_doubt() -> None:
    tablets = Product(unit="EA", form="TABLET", package_quantity=Decimal(100))
    assert proved("30", "1 tab po qd", tablets).doubts == ()


def test_half_units_need_a_pen_of_half_units() -> None:
    proof = proved("15", "inject 10.5 units under the skin daily", PENS)
    half = "A dose of half units needs a pen that steps by half a unit (DS-PEN-HALF)."
    assert half in proof.doubts


def test_a_number_that_nobody_verified_shows_its_mark() -> None:
    proof = proved("8.5", "inhale 2 puffs by mouth 4 times daily", INHALER)
    assert any(line.source == "DS-PUFF, K" for line in proof.working)
    assert any(doubt.startswith("Not verified (mark K): inhalers") for doubt in proof.doubts)
