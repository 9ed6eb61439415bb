"""The addresses of the levels."""

from django.urls import path

from apothecary.stock.levels import views

urlpatterns = [
    path("levels", views.levels, name="levels"),
    path("levels/<int:item_id>/", views.level, name="level"),
    path("figures", views.stock_figures, name="figures"),
]
