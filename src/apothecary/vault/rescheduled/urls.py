"""The addresses of changed schedules."""

from django.urls import path

from apothecary.vault.rescheduled import pages

urlpatterns = [
    path("rescheduled/", pages.tasks, name="rescheduled"),
    path("rescheduled/<int:task_id>/effective", pages.effective, name="schedule-effective"),
    path("rescheduled/<int:task_id>/inventory", pages.inventory, name="schedule-inventory"),
    path("rescheduled/<int:task_id>/limit", pages.limit, name="schedule-limit"),
    path("rescheduled/<int:task_id>/finish", pages.finish, name="schedule-finish"),
]
