"""Invoices and catalogues drawn at random."""

from dataclasses import replace

from hypothesis import strategies as st

from apothecary.wires.x12.supply import (
    Catalogue,
    CatalogueItem,
    Charge,
    Dialect,
    Invoice,
    InvoiceLine,
    Pack,
    Paper,
    Price,
    Tax,
    Terms,
)
from apothecary.wires.x12.supply.tests.drawn import (
    CODE,
    DAYS,
    DTM,
    MAYBE,
    MONEY,
    NOTES,
    PRICE,
    PRODUCT,
    QUANTITY,
    REFERENCES,
    SIGNED,
    WORDS,
    lots,
    parties,
)

CHARGE = st.builds(
    Charge,
    indicator=st.sampled_from(["A", "C"]),
    code=CODE,
    amount=SIGNED,
    rate=st.none() | PRICE,
    percent=st.none() | MONEY,
    quantity=st.none() | QUANTITY,
    unit=st.sampled_from(["", "EA"]),
    method=st.sampled_from(["", "06"]),
    description=MAYBE,
)
CHARGES = st.lists(CHARGE, max_size=2).map(tuple)
TAXES = st.lists(st.builds(Tax, CODE, SIGNED), max_size=1).map(tuple)


def invoices(how: Dialect) -> st.SearchStrategy[Paper]:
    line = st.builds(
        InvoiceLine,
        number=WORDS,
        quantity=QUANTITY,
        unit=CODE,
        price=PRICE,
        product=PRODUCT.map(lambda one: replace(one, others=())),
        price_basis=st.sampled_from(["", "DS", "HP"]),
        lots=lots(how),
        charges=CHARGES,
        taxes=TAXES,
        references=REFERENCES,
        days=DTM,
    )
    terms = st.builds(
        Terms,
        kind=st.just("08"),
        basis=st.just("3"),
        discount_percent=st.none() | MONEY,
        discount_on=st.none() | DAYS,
        discount_days=st.none() | st.integers(0, 999),
        net_on=st.none() | DAYS,
        net_days=st.none() | st.integers(0, 999),
        discount=st.none() | SIGNED,
        description=MAYBE,
    )
    return st.builds(
        Invoice,
        number=WORDS,
        on=DAYS,
        lines=st.lists(line, max_size=3).map(tuple),
        total=SIGNED,
        order_number=MAYBE,
        ordered_on=st.none() | DAYS,
        release=MAYBE,
        kind=st.sampled_from(["", "DI", "CR"]),
        account=MAYBE,
        contract=MAYBE,
        currency=st.sampled_from(["", "USD"]),
        discountable=st.none() | SIGNED,
        discounted_total=st.none() | SIGNED,
        discount=st.none() | SIGNED,
        terms=st.lists(terms, max_size=2).map(tuple),
        charges=CHARGES,
        taxes=TAXES,
        parties=parties(),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
        control=st.just("0001"),
    )


def catalogues(_: Dialect) -> st.SearchStrategy[Paper]:
    price = st.builds(
        Price,
        kind=st.sampled_from(["CON", "WAC", "AWP"]),
        amount=PRICE,
        trade_class=st.sampled_from(["", "WH"]),
        quantity=st.none() | QUANTITY,
        unit=st.sampled_from(["", "EA"]),
        multiplier_kind=st.sampled_from(["", "SEL"]),
        multiplier=st.none() | QUANTITY,
        days=DTM,
    )
    pack = st.builds(
        Pack,
        count=st.none() | QUANTITY,
        size=st.none() | QUANTITY,
        unit=CODE,
        kind=st.sampled_from(["", "BTL"]),
        inner=st.none() | QUANTITY,
    )
    item = st.builds(
        CatalogueItem,
        number=WORDS,
        product=PRODUCT,
        prices=st.lists(price, min_size=1, max_size=2).map(tuple),
        pack=st.none() | pack,
        contract=MAYBE,
        schedule=st.sampled_from(["", "2"]),
        generic=st.sampled_from([None, True, False]),
        change=st.sampled_from(["", "001"]),
        references=REFERENCES,
        days=DTM,
    )
    return st.builds(
        Catalogue,
        number=WORDS,
        items=st.lists(item, max_size=3).map(tuple),
        version=MAYBE,
        revision=MAYBE,
        purpose=st.sampled_from(["", "02"]),
        currency=st.sampled_from(["", "USD"]),
        contract=MAYBE,
        parties=parties(),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
        control=st.just("0001"),
    )
