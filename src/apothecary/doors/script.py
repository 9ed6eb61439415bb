"""POST /script: the door of electronic prescriptions, and of payers' answers to our requests.

A partner's credential says who sends, what it may send and for which pharmacy; without one
nothing is kept.
"""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apothecary.doors.consents import is_consent, receive_consent
from apothecary.doors.partners import partner_of
from apothecary.intake.actions.receive import receive_script
from apothecary.staff.middleware import open_to_all
from apothecary.staff.signon import stand_in

# What a partner may send: a prescriber's system no consent of a payer, nor the other way.
PRESCRIPTIONS, CONSENTS = "script", "authorizations"
XML = "application/xml; charset=utf-8"
UNAUTHORIZED, FORBIDDEN = 401, 403


# No ambient credential is taken here, so that there is nothing to forge.
@csrf_exempt
@open_to_all
@require_POST
def script(request: HttpRequest) -> HttpResponse:
    """Take one SCRIPT message from a partner and answer it."""
    at = datetime.now(UTC)
    partner = partner_of(request, at=at)
    if partner is None:
        refusal = HttpResponse("A partner's credential is needed.\n", status=UNAUTHORIZED)
        refusal["WWW-Authenticate"] = 'Bearer realm="script", Basic realm="script"'
        return refusal
    consent = is_consent(request.body)
    right = CONSENTS if consent else PRESCRIPTIONS
    if right not in partner.may_send.replace(",", " ").split():
        what = "answers of payers" if consent else "prescriptions"
        return HttpResponse(f"This partner may not send {what}.\n", status=FORBIDDEN)
    pharmacy = partner.pharmacy
    stand_in(pharmacy.pk)
    receive = receive_consent if consent else receive_script
    answer = receive(partner=partner, pharmacy=pharmacy, raw=request.body, at=at)
    return HttpResponse(answer, content_type=XML)
