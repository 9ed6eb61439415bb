"""The addresses of a prescription, by its number."""

from django.urls import path

from apothecary.prescriptions import apart_pages, part_pages, views
from apothecary.prescriptions.emergency import pages as emergency
from apothecary.prescriptions.refill_log import pages as refill_pages
from apothecary.prescriptions.transfers import pages as transfers

app_name = "prescriptions"
urlpatterns = [
    path("refills", refill_pages.refills, name="refills"),
    path("refills/sign", refill_pages.sign, name="refills-sign"),
    path("<int:number>/", views.prescription, name="rx"),
    path("<int:number>/refill", views.refill, name="refill"),
    path("<int:number>/cancel", views.cancel_rx, name="cancel-rx"),
    path("<int:number>/transfer", transfers.give, name="transfer-out"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/<int:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/paper", transfers.paper, name="transfer-paper"),
    path("transfers/<int:transfer_id>/back", transfers.back, name="transfer-back"),
    path("emergency/", emergency.orders, name="emergencies"),
    path("emergency/<int:oral_id>/", emergency.order, name="emergency"),
    path("emergency/<int:oral_id>/told", emergency.tell, name="emergency-told"),
    path("emergency/<int:oral_id>/paper", emergency.paper, name="emergency-paper"),
    path("on-file/", transfers.filed, name="on-file"),
    path("patient/<int:patient_id>/", views.of_patient, name="of-patient"),
    path("fill/<int:fill_id>/parts", part_pages.parts, name="parts"),
    path("fill/<int:fill_id>/apart", apart_pages.apart, name="apart"),
    path("fill/<int:fill_id>/billed-apart", apart_pages.say_apart, name="bill-apart"),
    path("fill/<int:fill_id>/vaccine", apart_pages.give, name="give-vaccine"),
    path("fill/<int:fill_id>/cancel", views.cancel, name="cancel-fill"),
]
