"""The addresses of counting."""

from django.urls import path

from apothecary.stock.counting import views

urlpatterns = [
    path("counts", views.counts, name="counts"),
    path("counts/start", views.start, name="start-count"),
    path("counts/<int:sheet_id>/", views.sheet, name="sheet"),
    path("counts/<int:sheet_id>/scan", views.scan, name="count-scan"),
    path("counts/<int:sheet_id>/found", views.found, name="count-found"),
    path("counts/<int:sheet_id>/close", views.close, name="close-sheet"),
    path("counts/line/<int:line_id>/count", views.enter, name="count-line"),
    path("counts/line/<int:line_id>/settle", views.settle, name="settle-line"),
    path("counts/line/<int:line_id>/anew", views.anew, name="count-anew"),
    path("left", views.left, name="left"),
]
