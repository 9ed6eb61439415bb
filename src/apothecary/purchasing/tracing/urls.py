"""The addresses of tracing, below those of purchasing."""

from django.urls import path

from apothecary.purchasing.tracing import case_views as cases
from apothecary.purchasing.tracing import views

urlpatterns = [
    path("tracing/", views.board, name="tracing"),
    path("tracing/size", views.size, name="tracing-size"),
    path("tracing/documents/", views.documents, name="tracing-documents"),
    path("tracing/documents/upload", views.upload, name="tracing-upload"),
    path("tracing/document/<int:document_id>/", views.document, name="tracing-document"),
    path("tracing/answer/", views.answer, name="tracing-answer"),
    path("tracing/answer.<str:kind>", views.export, name="tracing-export"),
    path("tracing/told/<int:traced_id>/", views.told, name="traced-package"),
    path("tracing/came/<int:received_id>/", views.came, name="received-package"),
    path("tracing/came/<int:received_id>/waive", views.let_in, name="waive"),
    path("tracing/verify", cases.verify, name="verify"),
    path("tracing/verify/<int:verification_id>/", cases.verification, name="verification"),
    path("tracing/hold", cases.hold, name="hold"),
    path("tracing/notice", cases.notice, name="suspect-notice"),
    path("tracing/case/<int:case_id>/", cases.case, name="suspect-case"),
    path("tracing/case/<int:case_id>/note", cases.note, name="case-note"),
    path("tracing/case/<int:case_id>/sample", cases.sample, name="case-sample"),
    path("tracing/case/<int:case_id>/carry", cases.carry, name="case-carry"),
    path("tracing/case/<int:case_id>/clear", cases.clear, name="case-clear"),
    path(
        "tracing/case/<int:case_id>/illegitimate", cases.illegitimate, name="case-illegitimate"
    ),
    path("tracing/case/<int:case_id>/form", cases.write_form, name="case-form"),
    path("tracing/case/<int:case_id>/incident", cases.incident, name="case-incident"),
    path("tracing/case/<int:case_id>/disposed", cases.disposed, name="case-disposed"),
    path("tracing/case/<int:case_id>/end", cases.end, name="case-end"),
    path("tracing/form/<int:form_id>/", cases.form, name="drug-notification"),
    path("tracing/form/<int:form_id>/told", cases.told_fda, name="told-fda"),
    path("tracing/partner/<int:notice_id>/told", cases.told_partner, name="told-partner"),
]
