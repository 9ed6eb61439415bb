"""The addresses of the pharmacist's check."""

from django.urls import path

from apothecary.verification import views

app_name = "verification"
urlpatterns = [
    path("", views.checks, name="list"),
    path("<int:fill_id>/", views.check, name="check"),
    path("<int:fill_id>/history", views.history_part, name="history"),
    path("<int:fill_id>/approve", views.approve, name="approve"),
    path("<int:fill_id>/back", views.send_back, name="back"),
]
