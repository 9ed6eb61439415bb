"""The addresses of the door and of the list of people."""

from django.urls import path

from apothecary.staff import views

app_name = "staff"
urlpatterns = [
    path("signin", views.sign_in, name="sign-in"),
    path("lock", views.locked, name="locked"),
    path("signout", views.sign_out, name="sign-out"),
    path("people/", views.people_list, name="people"),
    path("people/add", views.add_person, name="add-person"),
    path("people/on-duty", views.come_on_duty, name="on-duty"),
    path("people/off-duty", views.go_off_duty, name="off-duty"),
]
