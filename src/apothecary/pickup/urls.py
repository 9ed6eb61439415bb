"""The addresses of the counter: will-call, the register, what goes back."""

from django.urls import path

from apothecary.pickup import views

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
    path("returns", views.returns, name="returns"),
    path("returns/bags", views.returns_part, name="returns-bags"),
    path("returns/send", views.return_ticked, name="return"),
]
