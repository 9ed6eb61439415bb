"""The addresses of the drug file."""

from django.urls import path

from apothecary.drugs import search_views, source_views, views

app_name = "drugs"
urlpatterns = [
    path("", search_views.search, name="search"),
    path("sources/", source_views.sources, name="sources"),
    path("<int:product_id>/", views.drug, name="drug"),
]
