"""The addresses of the places."""

from django.urls import path

from apothecary.stock.places import views

urlpatterns = [
    path("places", views.places, name="places"),
    path("places/open", views.open_place, name="open-place"),
    path("places/<int:place_id>/", views.place, name="place"),
    path("places/<int:place_id>/close", views.close, name="close-place"),
]
