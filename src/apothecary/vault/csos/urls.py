"""The addresses of electronic orders."""

from django.urls import path

from apothecary.vault.csos import certificate_pages, pages

urlpatterns = [
    path("electronic/", pages.orders, name="electronic-orders"),
    path("electronic/begin", pages.begin, name="begin-electronic"),
    path(
        "electronic/certificates/", certificate_pages.certificates, name="ordering-certificates"
    ),
    path(
        "electronic/certificates/register",
        certificate_pages.register,
        name="register-certificate",
    ),
    path(
        "electronic/certificates/<int:certificate_id>/end",
        certificate_pages.end,
        name="end-certificate",
    ),
    path(
        "electronic/certificates/<int:certificate_id>/reported",
        certificate_pages.reported,
        name="report-certificate",
    ),
    path("electronic/<int:order_id>/", pages.order, name="electronic-order"),
    path("electronic/<int:order_id>/line", pages.add, name="add-electronic"),
    path("electronic/<int:order_id>/drop", pages.drop, name="drop-electronic"),
    path("electronic/<int:order_id>/sign", pages.sign, name="sign-electronic"),
    path("electronic/<int:order_id>/send", pages.send, name="send-electronic"),
    path("electronic/<int:order_id>/answer", pages.answer, name="answer-electronic"),
    path("electronic/<int:order_id>/void", pages.void, name="void-electronic"),
    path("electronic/<int:order_id>/void-line", pages.void_line, name="void-electronic-line"),
    path("electronic/<int:order_id>/lost", pages.lost, name="lost-electronic"),
]
