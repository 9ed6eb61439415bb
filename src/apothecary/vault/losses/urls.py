"""The addresses of losses."""

from django.urls import path

from apothecary.vault.losses import pages

urlpatterns = [
    path("losses/", pages.losses, name="losses"),
    path("losses/report", pages.report, name="report-loss"),
    path("losses/take-over", pages.take, name="take-loss"),
    path("losses/<int:loss_id>/", pages.loss, name="loss"),
    path("losses/<int:loss_id>/line", pages.add, name="add-loss-line"),
    path("losses/<int:loss_id>/draft", pages.draft, name="draft-loss"),
    path("losses/<int:loss_id>/judge", pages.judge, name="judge-loss"),
    path("losses/<int:loss_id>/breakage", pages.breakage, name="sign-breakage"),
    path("losses/<int:loss_id>/notice", pages.notice, name="notice"),
    path("losses/<int:loss_id>/take-back", pages.take_back, name="take-notice-back"),
    path("losses/<int:loss_id>/file", pages.file, name="file-106"),
    path("losses/<int:loss_id>/close", pages.close, name="close-loss"),
    path("losses/<int:loss_id>/call-off", pages.call_off, name="call-off"),
    # In the place of the room of the book, which knows no losses.
    path("discrepancies/<int:case_id>/hand-on", pages.hand_on, name="hand-on"),
]
