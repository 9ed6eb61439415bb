"""The addresses of the pharmacist's review."""

from django.urls import path

from apothecary.screening import views

app_name = "screening"
urlpatterns = [
    path("", views.reviews, name="list"),
    path("<int:fill_id>/", views.review, name="review"),
    path("<int:fill_id>/reviewed", views.reviewed, name="reviewed"),
    path("<int:fill_id>/back", views.back_to_entry, name="back"),
    path("finding/<int:finding_id>/resolve", views.resolve, name="resolve"),
]
