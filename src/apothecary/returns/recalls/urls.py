"""The addresses of recalls."""

from django.urls import path

from apothecary.returns.recalls import views

urlpatterns = [
    path("recalls/", views.board, name="recalls"),
    path("recalls/new", views.new, name="recall-new"),
    path("recalls/<int:recall_id>/", views.recall, name="recall"),
    path("recalls/<int:recall_id>/decide", views.decide, name="recall-decide"),
    path("recalls/<int:recall_id>/deepen", views.deepen, name="recall-deepen"),
    path("recalls/<int:recall_id>/reply", views.reply, name="recall-reply"),
    path("recalls/<int:recall_id>/close", views.close, name="recall-close"),
    path("recalls/<int:recall_id>/calls", views.calls, name="recall-calls"),
    path("recalls/<int:recall_id>/report.pdf", views.report, name="recall-report"),
    path("recalls/places/<int:hit_id>/look", views.look, name="recall-look"),
    path("recalls/calls/<int:call_id>/", views.call, name="recall-call"),
]
