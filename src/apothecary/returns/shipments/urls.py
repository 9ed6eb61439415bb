"""The addresses of returns."""

from django.urls import path

from apothecary.returns.shipments import views

urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("begin", views.begin, name="begin"),
    path("shipments", views.shipments, name="shipments"),
    path("shipments/<int:shipment_id>/", views.shipment, name="shipment"),
    path("shipments/<int:shipment_id>/manifest.pdf", views.manifest, name="manifest"),
    path("shipments/<int:shipment_id>/lines", views.pick, name="pick"),
    path("shipments/<int:shipment_id>/form-222", views.form_222, name="form-222"),
    path("shipments/<int:shipment_id>/ask", views.ask, name="ask"),
    path("shipments/<int:shipment_id>/call-back", views.call_back, name="call-back"),
    path("shipments/<int:shipment_id>/ship", views.ship, name="ship"),
    path("shipments/<int:shipment_id>/confirm", views.confirm, name="confirm"),
    path("shipments/<int:shipment_id>/follow-up", views.follow_up, name="follow-up"),
    path("shipments/<int:shipment_id>/cancel", views.cancel, name="cancel"),
    path("lines/<int:line_id>/drop", views.drop, name="drop"),
    path("lines/<int:line_id>/write-off", views.write_off, name="write-off"),
    path("credits", views.credits_page, name="credits"),
    path("credits/<int:credit_id>/book", views.book, name="book"),
]
