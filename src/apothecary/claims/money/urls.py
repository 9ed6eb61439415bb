"""The addresses of the money room, under `/claims/money/`."""

from django.urls import path

from apothecary.claims.money import views

urlpatterns = [
    path("money/", views.money, name="money"),
    path("money/open/", views.open_money, name="money-open"),
    path("money/beside/", views.beside, name="money-beside"),
    path("money/under-water/", views.below_cost, name="money-under-water"),
    path("money/margins/", views.of_fills, name="money-margins"),
    path("money/load", views.load, name="money-load"),
    path("money/file/<int:file_id>/", views.file, name="money-file"),
    path("money/remittance/<int:remittance_id>/", views.remittance, name="money-remittance"),
    path("money/difference/<int:difference_id>/", views.difference, name="money-difference"),
    path("money/difference/<int:difference_id>/dispute", views.dispute, name="money-dispute"),
    path("money/difference/<int:difference_id>/accept", views.accept, name="money-accept"),
    path(
        "money/difference/<int:difference_id>/write-off",
        views.write_off,
        name="money-write-off",
    ),
    path("money/difference/<int:difference_id>/reopen", views.reopen, name="money-reopen"),
    path("money/difference/<int:difference_id>/tie", views.tie, name="money-tie"),
]
