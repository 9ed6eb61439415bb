"""The addresses of the reports to the monitoring programme."""

from django.urls import path

from apothecary.vault.monitoring import pages

urlpatterns = [
    path("monitoring/", pages.month, name="monitoring"),
    path("monitoring/records/", pages.records, name="monitoring-records"),
    path("monitoring/records/<int:record_id>/", pages.record, name="monitoring-record"),
    path("monitoring/records/<int:record_id>/mend", pages.mend, name="monitoring-mend"),
    path(
        "monitoring/records/<int:record_id>/take-back",
        pages.take_back,
        name="monitoring-take-back",
    ),
    path(
        "monitoring/records/<int:record_id>/release", pages.release, name="monitoring-release"
    ),
    path("monitoring/records/<int:record_id>/stands", pages.stands, name="monitoring-stands"),
    path("monitoring/files/", pages.files, name="monitoring-files"),
    path("monitoring/files/<int:file_id>/", pages.file, name="monitoring-file"),
    path("monitoring/files/<int:file_id>/received", pages.received, name="monitoring-received"),
    path("monitoring/files/<int:file_id>/refused", pages.refused, name="monitoring-refused"),
]
