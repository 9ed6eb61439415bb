"""POST /script: the door of electronic prescriptions.

A partner's credential says both who sends and for which pharmacy; without one nothing is kept.
"""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apothecary.doors.partners import partner_of
from apothecary.intake.actions.receive import receive_script
from apothecary.staff.middleware import open_to_all
from apothecary.staff.signon import stand_in

RIGHT = "script"
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
    if RIGHT not in partner.may_send.replace(",", " ").split():
        return HttpResponse("This partner may not send prescriptions.\n", status=FORBIDDEN)
    pharmacy = partner.pharmacy
    stand_in(pharmacy.pk)
    answer = receive_script(partner=partner, pharmacy=pharmacy, raw=request.body, at=at)
    return HttpResponse(answer, content_type=XML)
