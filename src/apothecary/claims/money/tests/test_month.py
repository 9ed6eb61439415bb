"""A month of claims over sockets to a payer that knows nothing of this house, and its 835s."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from apothecary.claims.models import Claim
from apothecary.claims.money.accounts import accounts
from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.models import Difference, Payment, Remittance, RemittanceFile
from apothecary.claims.money.queries import beside_claims
from apothecary.claims.money.reconciling import reconcile_due
from apothecary.claims.money.tests.books import named, posted, proved
from apothecary.claims.tests.counter import STRANGERS, Till, queued, states
from apothecary.claims.tests.test_parts import comes, parted, work
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.models import Fill

D = Decimal
WEEKS, A_WEEK = 4, 56
# BIN, PCN, group, and how its cards are numbered.
PLANS = (
    ("999999", "TESTPCN", "GRP1", "ABC9{:05d}"),
    ("999998", "TESTMCD", "BBMED", "6{:08d}"),
    ("999997", "TESTPTD", "PCND26", "9PX{:08d}"),
    ("999991", "TESTDSC", "OPEN1", "OG{:06d}"),
)
SUPPLEMENT = ("999995", "TESTSEC", "MSQ1", "MQ{:06d}")
DRUGS = (("insulin", "20"), ("testosterone", "4"), ("metformin", "60"), ("pregabalin", "60"))


def holds(card: Coverage, plan: tuple[str, str, str, str]) -> None:
    """The card is now one of that plan, with a number that nobody has had."""
    card.bin, card.pcn, card.group = plan[:3]
    card.plan_name, card.cardholder_id = f"Plan {plan[0]}", plan[3].format(next(STRANGERS))
    card.save()


def remit(till: Till, fault: str = "") -> bytes:
    """What the payer pays now, as the bytes of its file."""
    return str(till.payer.admin("POST", "/remittances", {"fault": fault})["x12"]).encode(
        "ascii"
    )


def take_in(till: Till, raw: bytes) -> RemittanceFile:
    return load_remittance(by=till.world.system, raw=raw, name="835.x12")


def wants(till: Till, place: int) -> Fill:
    """The next patient's fill, its claim written: plans and drugs go round."""
    card = Coverage.objects.get(patient=till.world.insured, order=1)
    holds(card, PLANS[place % len(PLANS)])
    drug, quantity = DRUGS[(place // 4) % len(DRUGS)]
    fill = till.fill(drug, quantity=quantity, refills=0, stock="")
    queued(till, fill)
    return fill


def with_two_cards(till: Till) -> Fill:
    """A fill whose second payer pays what the first leaves."""
    card = Coverage.objects.get(patient=till.world.insured, order=1)
    holds(card, PLANS[0])
    second = Coverage(
        pharmacy=till.world.pharmacy, patient=till.world.insured, order=2, person_code="01"
    )
    holds(second, SUPPLEMENT)
    fill = till.fill("insulin", quantity="20", refills=0, stock="")
    for _ in range(3):
        till.round()
    return fill


@pytest.fixture
def quiet(till: Till) -> Till:
    """The payer has paid whatever other tests have sent it."""
    remit(till)
    return till


def test_a_month_of_several_plans_is_reconciled_to_the_cent(quiet: Till):
    till = quiet
    before: list[Fill] = []
    for _ in range(WEEKS):
        fills = [wants(till, place) for place in range(A_WEEK)]
        till.sends()
        # Called off before the payer remits, and after the week before was remitted.
        for fill in fills[::9]:
            cancel_fill(by=till.world.technician, fill_id=fill.pk, because="not wanted")
        till.round()
        for fill in before[1::9]:
            cancel_fill(by=till.world.technician, fill_id=fill.pk, because="never came")
        till.round()
        before = fills
        file = take_in(till, remit(till))
        assert file.problem == ""
        assert named(till.world) == []
        till.at += timedelta(days=7)
        till.payer.admin("POST", "/today", {"today": f"{till.at:%Y-%m-%d}"})
    till.payer.behave()
    kinds = Counter(Claim.objects.values_list("kind", "state"))
    assert kinds["B1", "paid"] + kinds["B1", "reversed"] > 200
    assert kinds["B1", "reversed"] > 30
    assert accounts(pharmacy_id=till.world.pharmacy.pk) == []
    transferred = Remittance.objects.aggregate(usd=Sum("amount_usd"))["usd"]
    assert transferred == Payment.objects.aggregate(usd=Sum("usd"))["usd"] > 0
    stands = Claim.objects.filter(kind="B1", state="paid").aggregate(usd=Sum("paid_usd"))["usd"]
    of_claims = Payment.objects.filter(kind="claim").aggregate(
        usd=Sum("usd"), fee=Sum("fee_usd")
    )
    assert stands == of_claims["usd"] - of_claims["fee"]
    # What is beside the claims: contract fees of one plan, card fees of another, to the cent.
    kept = {(one.reason, one.says) for one in beside_claims(pharmacy_id=till.world.pharmacy.pk)}
    assert {("AH", "fees"), ("CS", "by contract")} <= kept
    beside = Payment.objects.filter(reasons=["AH"], reference="CARDFEE").aggregate(
        usd=Sum("usd")
    )
    assert -beside["usd"] == of_claims["fee"] > 0
    assert proved(till.world)


def test_two_payers_of_one_fill_and_a_fill_in_parts_are_reconciled(quiet: Till):
    till = quiet
    shared = with_two_cards(till)
    assert Counter(Claim.objects.filter(fill=shared).values_list("payer", "state")) == {
        (1, "paid"): 1,
        (2, "paid"): 1,
    }
    first, balance = parted(till)
    work(till)
    comes(till, balance)
    work(till)
    assert states(balance)[-1] == ("B1", "paid")
    assert take_in(till, remit(till)).problem == ""
    assert (named(till.world), accounts(pharmacy_id=till.world.pharmacy.pk)) == ([], [])
    cancel_fill(by=till.world.technician, fill_id=shared.pk, because="not wanted")
    work(till)
    held = accounts(pharmacy_id=till.world.pharmacy.pk)
    assert sum(one.open_usd for one in held) < 0
    assert take_in(till, remit(till)).problem == ""
    assert (named(till.world), accounts(pharmacy_id=till.world.pharmacy.pk)) == ([], [])
    assert first.pk != balance.pk
    assert proved(till.world)


def one_paid(till: Till) -> Claim:
    """A claim that was paid over the line and not remitted yet."""
    fill = wants(till, 0)
    till.sends()
    claim = Claim.objects.get(fill=fill)
    assert claim.state == "paid"
    assert claim.paid_usd is not None
    assert claim.paid_usd > 5
    return claim


def test_a_claim_remitted_five_dollars_short_is_named(quiet: Till):
    one_paid(quiet)
    assert take_in(quiet, remit(quiet, "short")).problem == ""
    assert named(quiet.world) == [("paid short", D("5.00"))]
    assert proved(quiet.world)


def test_a_claim_left_out_is_named_when_it_is_thirty_days_late(quiet: Till):
    left_out, paid = one_paid(quiet), one_paid(quiet)
    assert take_in(quiet, remit(quiet, "missing")).problem == ""
    assert named(quiet.world) == []
    assert reconcile_due(quiet.world.pharmacy, quiet.at + timedelta(days=30)) == 1
    (difference,) = Difference.objects.all()
    assert (difference.kind, difference.usd) == ("expected, not paid", left_out.paid_usd)
    assert difference.claim_id == left_out.pk != paid.pk


def test_a_claim_that_nobody_sent_is_named(quiet: Till):
    claim = one_paid(quiet)
    assert claim.paid_usd is not None
    assert take_in(quiet, remit(quiet, "unknown")).problem == ""
    assert named(quiet.world) == [("not on our books", -claim.paid_usd)]
    assert proved(quiet.world)


@pytest.mark.parametrize(("fault", "says"), [("unbalanced", "BPR"), ("cut", "no trailer SE")])
def test_of_a_spoilt_file_nothing_is_posted_and_it_says_where(quiet: Till, fault, says):
    one_paid(quiet)
    raw = remit(quiet, fault)
    file = take_in(quiet, raw)
    assert says in file.problem
    assert bytes(file.incoming.raw) == raw
    assert posted(quiet.world) == 0
    assert proved(quiet.world)


def test_what_an_audit_takes_back_is_named_with_its_claim(quiet: Till):
    claim = one_paid(quiet)
    take_in(quiet, remit(quiet))
    asked = {"authorization": claim.authorization, "amount_usd": "3.00"}
    quiet.payer.admin("POST", "/takebacks", asked)
    assert take_in(quiet, remit(quiet)).problem == ""
    assert named(quiet.world) == [("kept back beside the claim", D("3.00"))]
    assert Difference.objects.get().claim_id == claim.pk
    assert proved(quiet.world)
