"""The addresses of the counter: will-call, the register, what goes back."""

from django.urls import path

from apothecary.pickup import views
from apothecary.pickup.behind_counter import views as behind

app_name = "pickup"
urlpatterns = [
    path("", views.will_call, name="list"),
    path("scan", views.scan, name="scan"),
    path("bag/<int:fill_id>/", views.bag, name="bag"),
    path("bag/<int:fill_id>/bin", views.bin_one, name="bin"),
    path("bag/<int:fill_id>/tag", views.tag, name="tag"),
    path("bag/<int:fill_id>/tag/<str:kind>", views.print_one, name="print-tag"),
    path("patient/<int:patient_id>/", views.patient, name="patient"),
    path("patient/<int:patient_id>/bags", views.bags_part, name="bags"),
    path("sell", views.sell, name="sell"),
    path("sale/<int:sale_id>/", views.receipt, name="receipt"),
    path("counter", behind.counter, name="counter"),
    path("counter/scan", behind.scan, name="counter-scan"),
    path("counter/room", behind.room, name="counter-room"),
    path("counter/sell", behind.sell, name="counter-sell"),
    path("counter/log", behind.log, name="counter-log"),
    path("counter/log/<int:sale_id>/", behind.sold, name="counter-sale"),
    path("counter/certificate", behind.certificate, name="counter-certificate"),
    path("returns", views.returns, name="returns"),
    path("returns/bags", views.returns_part, name="returns-bags"),
    path("returns/send", views.return_ticked, name="return"),
]
