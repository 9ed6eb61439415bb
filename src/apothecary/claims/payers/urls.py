"""The addresses of a fill's payers and a patient's cards, below /claims/."""

from django.urls import path

from apothecary.claims.payers import views

urlpatterns = [
    path("fill/<int:fill_id>/payers/", views.payers, name="payers"),
    path("fill/<int:fill_id>/payers/choose", views.choose, name="choose-cards"),
    path("<int:claim_id>/next-card", views.next_card, name="next-card"),
    path("patient/<int:patient_id>/", views.cards, name="cards"),
    path("patient/<int:patient_id>/add", views.add, name="add-card"),
    path("patient/<int:patient_id>/ask", views.ask_patient, name="ask-patient"),
    path("card/<int:coverage_id>/", views.card, name="card"),
    path("card/<int:coverage_id>/change", views.change, name="change-card"),
    path("card/<int:coverage_id>/ask", views.ask_card, name="ask-card"),
    path("inquiry/<int:inquiry_id>/take", views.take, name="take-card"),
    path("inquiry/<int:inquiry_id>/take/<int:place>", views.take_other, name="take-other"),
]
