"""The addresses of the drug file."""

from django.urls import path

from apothecary.drugs import views

app_name = "drugs"
urlpatterns = [path("<int:product_id>/", views.drug, name="drug")]
