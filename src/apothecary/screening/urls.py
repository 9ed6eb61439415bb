"""The addresses of the pharmacist's review."""

from django.urls import path

from apothecary.screening import looked_views, views

app_name = "screening"
urlpatterns = [
    path("", views.reviews, name="list"),
    path("<int:fill_id>/", views.review, name="review"),
    path("<int:fill_id>/reviewed", views.reviewed, name="reviewed"),
    path("<int:fill_id>/back", views.back_to_entry, name="back"),
    path("finding/<int:finding_id>/resolve", views.resolve, name="resolve"),
    path("<int:fill_id>/look-up", looked_views.ask, name="look-up-ask"),
    path("look-up/<int:look_up_id>/sign", looked_views.sign, name="look-up-sign"),
    path("look-up/<int:look_up_id>/without", looked_views.without, name="look-up-without"),
    path("look-up/<int:look_up_id>/choose", looked_views.choose, name="look-up-choose"),
]
