"""The addresses of a patient."""

from django.urls import path

from apothecary.patients import views

app_name = "patients"
urlpatterns = [
    path("<int:patient_id>/", views.patient, name="patient"),
    path("<int:patient_id>/residence", views.residence, name="residence"),
]
