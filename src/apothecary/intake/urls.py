"""Addresses of intake: what arrives, its entry, and fills sent back to entry."""

from django.urls import path

from apothecary.intake import looking_up, mixing, scanned, sig_codes_views, transferring, views

app_name = "intake"
urlpatterns = [
    path("", views.arrivals, name="list"),
    path("new", views.new, name="new"),
    path("transfer", transferring.new_transfer, name="transfer"),
    path("next", views.next_up, name="next"),
    path("sig-codes/", sig_codes_views.sig_codes, name="sig-codes"),
    path("sig-codes/add", sig_codes_views.add, name="sig-code-add"),
    path("sig-codes/preview", sig_codes_views.code_preview, name="sig-code-preview"),
    path("sig-codes/<int:sig_code_id>/change", sig_codes_views.change, name="sig-code-change"),
    path("sig-codes/<int:sig_code_id>/retire", sig_codes_views.retire, name="sig-code-retire"),
    path("image/<int:image_id>", views.image, name="image"),
    path("<int:arrival_id>/", views.entry, name="entry"),
    path("<int:arrival_id>/take", views.take, name="take"),
    path("<int:arrival_id>/draft", views.draft, name="draft"),
    path("<int:arrival_id>/leave", views.leave, name="leave"),
    path("<int:arrival_id>/form", views.form, name="form"),
    path("<int:arrival_id>/finish", views.finish, name="finish"),
    path("<int:arrival_id>/file", transferring.put_on_file, name="file"),
    path("<int:arrival_id>/transfer", transferring.told_later, name="transferred"),
    path("<int:arrival_id>/compound", mixing.compound, name="compound"),
    path("<int:arrival_id>/compound/begin", mixing.begin, name="compound-begin"),
    path("<int:arrival_id>/scan", scanned.scan, name="scan"),
    path("<int:arrival_id>/look-up", looking_up.look_up, name="look-up"),
    path("<int:arrival_id>/look-up/ask", looking_up.ask, name="look-up-ask"),
    path("<int:arrival_id>/set-aside", views.set_aside, name="set-aside"),
    path("<int:arrival_id>/cancel", views.cancel, name="cancel"),
    path("<int:arrival_id>/patient", views.new_patient, name="patient"),
    path("<int:arrival_id>/prescriber", views.new_prescriber, name="prescriber"),
    path("<int:arrival_id>/choose/<str:of>", views.choose, name="choose"),
    path("<int:arrival_id>/readout", views.readout, name="readout"),
    path("fill/<int:fill_id>/", views.correct, name="correct"),
    path("fill/<int:fill_id>/form", views.fill_form, name="fill-form"),
    path("fill/<int:fill_id>/finish", views.fill_finish, name="fill-finish"),
    path("fill/<int:fill_id>/compound", mixing.fill_compound, name="fill-compound"),
    path("fill/<int:fill_id>/scan", scanned.fill_scan, name="fill-scan"),
    path("fill/<int:fill_id>/leave", views.fill_leave, name="fill-leave"),
    path("fill/<int:fill_id>/patient", views.fill_patient, name="fill-patient"),
    path("fill/<int:fill_id>/prescriber", views.fill_prescriber, name="fill-prescriber"),
    path("fill/<int:fill_id>/choose/<str:of>", views.fill_choose, name="fill-choose"),
    path("fill/<int:fill_id>/readout", views.readout, name="fill-readout"),
]
