"""The addresses of Form 222."""

from django.urls import path

from apothecary.vault.orders import pages

urlpatterns = [
    path("orders/", pages.orders, name="orders"),
    path("orders/begin", pages.begin, name="begin-order"),
    path("orders/registrant", pages.registrant, name="registrant"),
    path("orders/taken-over", pages.take_over, name="take-over"),
    path("orders/<int:form_id>/", pages.order, name="order"),
    path("orders/<int:form_id>/line", pages.write, name="write-line"),
    path("orders/<int:form_id>/drop", pages.drop, name="drop-line"),
    path("orders/<int:form_id>/sign", pages.sign, name="sign-order"),
    path("orders/<int:form_id>/send", pages.send, name="send-order"),
    path("orders/<int:form_id>/void", pages.void, name="void-order"),
    path("orders/<int:form_id>/cancel", pages.cancel, name="cancel-order"),
    path("orders/<int:form_id>/lost", pages.lost, name="lost-order"),
    path("orders/<int:form_id>/endorsed", pages.endorsed, name="endorsed-order"),
    path("orders/<int:form_id>/void-line", pages.void_line, name="void-line-order"),
]
