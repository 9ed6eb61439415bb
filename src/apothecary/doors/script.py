"""POST /script: the door of electronic prescriptions.

A partner's credential says both who sends and for which pharmacy; without one nothing is kept.
"""

import base64
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apothecary.intake.actions.receive import receive_script
from apothecary.staff.middleware import open_to_all
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in, token_hash

RIGHT = "script"
XML = "application/xml; charset=utf-8"
UNAUTHORIZED, FORBIDDEN = 401, 403


# No ambient credential is taken here, so that there is nothing to forge.
@csrf_exempt
@open_to_all
@require_POST
def script(request: HttpRequest) -> HttpResponse:
    """Take one SCRIPT message from a partner and answer it."""
    partner = partner_of(request)
    if partner is None:
        refusal = HttpResponse("A partner's credential is needed.\n", status=UNAUTHORIZED)
        refusal["WWW-Authenticate"] = 'Bearer realm="script", Basic realm="script"'
        return refusal
    if RIGHT not in partner.may_send.replace(",", " ").split():
        return HttpResponse("This partner may not send prescriptions.\n", status=FORBIDDEN)
    pharmacy = partner.pharmacy
    stand_in(pharmacy.pk)
    answer = receive_script(
        partner=partner, pharmacy=pharmacy, raw=request.body, at=datetime.now(UTC)
    )
    return HttpResponse(answer, content_type=XML)


def partner_of(request: HttpRequest) -> Partner | None:
    """The living partner behind the credential, or none (1 query)."""
    token = credential(request.headers.get("Authorization", ""))
    if not token:
        return None
    return (
        Partner.objects.select_related("pharmacy")
        .filter(token_hash=token_hash(token), active=True)
        .first()
    )


def credential(header: str) -> str:
    """The token of a Bearer header, or the password of a Basic one; else empty."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except ValueError:
        # No base64, or no text behind it.
        return ""
    return pair.partition(":")[2]
