"""The addresses of prior authorizations."""

from django.urls import path

from apothecary.claims.authorization import views

app_name = "authorizations"
urlpatterns = [
    path("", views.listed, name="list"),
    path("claim/<int:claim_id>/start", views.start, name="start"),
    path("<int:authorization_id>/", views.one, name="one"),
    path("<int:authorization_id>/form.pdf", views.form, name="form"),
    path("<int:authorization_id>/ask", views.ask, name="ask"),
    path("<int:authorization_id>/answers", views.answers, name="answers"),
    path("<int:authorization_id>/withdraw", views.withdraw, name="withdraw"),
    path("<int:authorization_id>/appeal", views.appeal, name="appeal"),
    path("<int:authorization_id>/renew", views.renew, name="renew"),
    path("<int:authorization_id>/decision", views.decision, name="decision"),
    path("<int:authorization_id>/put-away", views.put_away, name="put-away"),
]
