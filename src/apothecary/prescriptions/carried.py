"""What a prescription carried with it that the law asks about, as somebody typed it."""

from dataclasses import dataclass

from django.db import models

from apothecary.law.facts import FaxCase


class MadeAs(models.TextChoices):
    """What it is, where it is not simply a prescription of its own."""

    PLAIN = "", "a prescription of its own"
    AGENT = "agent", "signed by an agent of the prescriber"
    OFFICE = "office", "to stock the prescriber’s office"
    PRINTOUT = "printout", "a printout of one that was sent electronically"
    REISSUED = "reissued", "replaces one whose sending failed, and says so"
    REISSUED_SILENT = "silent", "replaces one whose sending failed, and does not say so"
    TELEMEDICINE = "telemedicine", "the prescriber has only seen the patient by telemedicine"


class AcutePain(models.TextChoices):
    """Whether an opioid is for acute pain, and whether it carries the state's exception."""

    NO = "", "not said"
    ACUTE = "acute", "for acute pain"
    EXCEPTION = "exception", "for acute pain, with the exception the state knows"


FAX_CASES = {
    FaxCase.INFUSION: "compounded for injection or infusion",
    FaxCase.LONG_TERM_CARE: "the patient lives in long-term care",
    FaxCase.HOSPICE: "the patient is in hospice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What is said of a prescription for the law; the default is: nothing of it.

    ``mandate_exception``: the exception from electronic sending that it names, by the name in
    the state's row. ``condition_code``: the letter that lets a state's supply be longer.
    ``doubt``: what made somebody doubt, in words. ``emergency``: a pharmacist took it as an
    emergency oral order; nobody types that.
    """

    original_seen: bool = False
    fax_case: str = ""
    mandate_exception: str = ""
    condition_code: str = ""
    acute_pain: str = ""
    made_as: str = ""
    doubt: str = ""
    emergency: bool = False


NOTHING_SAID = Carried()
CARRIED = tuple(Carried.__dataclass_fields__)


class CarriedColumns(models.Model):
    """The columns of ``Carried`` on the prescription."""

    original_seen = models.BooleanField(default=False, db_default=False)
    fax_case = models.TextField(
        choices=[(case.value, says) for case, says in FAX_CASES.items()],
        default="",
        db_default="",
        blank=True,
    )
    mandate_exception = models.TextField(default="", db_default="", blank=True)
    condition_code = models.CharField(max_length=1, default="", db_default="", blank=True)
    acute_pain = models.TextField(
        choices=AcutePain.choices, default="", db_default="", blank=True
    )
    made_as = models.TextField(choices=MadeAs.choices, default="", db_default="", blank=True)
    doubt = models.TextField(default="", db_default="", blank=True)
    emergency = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    @property
    def carried(self) -> Carried:
        """The same as one value."""
        return Carried(**{name: getattr(self, name) for name in CARRIED})
