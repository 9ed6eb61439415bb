"""The addresses of electronic controlled prescriptions."""

from django.urls import path

from apothecary.vault.epcs import pages

urlpatterns = [
    path("epcs/", pages.standing, name="epcs"),
    path("epcs/report", pages.report, name="epcs-report"),
    path("epcs/change", pages.change, name="epcs-change"),
    path("epcs/turn", pages.turn, name="epcs-turn"),
    path("epcs/clock", pages.clock, name="epcs-clock"),
    path("epcs/trail/", pages.trails, name="epcs-trails"),
    path("epcs/trail/<str:day>/", pages.day, name="epcs-day"),
    path("epcs/trail/<str:day>/sign", pages.sign, name="epcs-sign"),
    path("epcs/incidents/", pages.incidents, name="epcs-incidents"),
    path("epcs/incidents/write", pages.write, name="epcs-write-incident"),
    path("epcs/incidents/<int:incident_id>/told", pages.told, name="epcs-told"),
    path("epcs/records/", pages.archive, name="epcs-records"),
    path("epcs/records/<int:record_id>/", pages.record, name="epcs-record"),
]
