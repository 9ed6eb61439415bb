"""The addresses of the filling counter."""

from django.urls import path

from apothecary.filling import views

app_name = "filling"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("next", views.start_next, name="next"),
    path("scan", views.scan_at_queue, name="scan-at-queue"),
    path("label/<int:print_id>.<str:kind>", views.label, name="label"),
    path("photo/<int:photo_id>", views.photo, name="photo"),
    path("<int:fill_id>/", views.fill, name="fill"),
    path("<int:fill_id>/start", views.start, name="start"),
    path("<int:fill_id>/leave", views.leave, name="leave"),
    path("<int:fill_id>/scan", views.scan, name="scan"),
    path("<int:fill_id>/set-aside", views.set_aside, name="set-aside"),
    path("<int:fill_id>/bottles", views.bottles, name="bottles"),
    path("<int:fill_id>/lot", views.lot, name="lot"),
    path("<int:fill_id>/product", views.product, name="product"),
    path("<int:fill_id>/count", views.count, name="count"),
    path("<int:fill_id>/back-count", views.back_count, name="back-count"),
    path("<int:fill_id>/print", views.print_label, name="print"),
    path("<int:fill_id>/photo", views.add_photo, name="add-photo"),
    path("<int:fill_id>/check", views.check, name="check"),
    path("<int:fill_id>/short", views.short, name="short"),
    path("<int:fill_id>/part", views.part, name="part"),
    path("<int:fill_id>/again", views.again, name="again"),
]
