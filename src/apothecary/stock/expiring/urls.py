"""The addresses of what expires."""

from django.urls import path

from apothecary.stock.expiring import views

urlpatterns = [
    path("expiring", views.expiring, name="expiring"),
    path("expiring/pull", views.pull, name="pull"),
    path("expiring/scan", views.pull_scan, name="pull-scan"),
    path("expiring/sign", views.sign, name="sign-sweep"),
    path("first-out", views.fefo, name="fefo"),
]
