"""The addresses of electronic orders."""

from django.urls import path

from apothecary.vault.csos import pages

urlpatterns = [
    path("electronic/", pages.orders, name="electronic-orders"),
    path("electronic/begin", pages.begin, name="begin-electronic"),
    path("electronic/certificates/", pages.certificates, name="ordering-certificates"),
    path("electronic/certificates/register", pages.register, name="register-certificate"),
    path("electronic/<int:order_id>/", pages.order, name="electronic-order"),
    path("electronic/<int:order_id>/line", pages.add, name="add-electronic"),
    path("electronic/<int:order_id>/drop", pages.drop, name="drop-electronic"),
    path("electronic/<int:order_id>/sign", pages.sign, name="sign-electronic"),
    path("electronic/<int:order_id>/send", pages.send, name="send-electronic"),
    path("electronic/<int:order_id>/answer", pages.answer, name="answer-electronic"),
    path("electronic/<int:order_id>/void", pages.void, name="void-electronic"),
    path("electronic/<int:order_id>/lost", pages.lost, name="lost-electronic"),
]
