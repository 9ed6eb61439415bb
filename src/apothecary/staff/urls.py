"""The addresses of the door, of the list of people, and of one's own sign-in."""

from django.urls import path

from apothecary.staff import own, views

app_name = "staff"
urlpatterns = [
    path("signin", views.sign_in, name="sign-in"),
    path("signin/second", views.second_factor, name="second"),
    path("lock", views.locked, name="locked"),
    path("signout", views.sign_out, name="sign-out"),
    path("people/", views.people_list, name="people"),
    path("people/add", views.add_person, name="add-person"),
    path("people/on-duty", views.come_on_duty, name="on-duty"),
    path("people/off-duty", views.go_off_duty, name="off-duty"),
    path("people/free", views.free, name="free"),
    path("people/reset", views.reset, name="reset"),
    path("own/", own.own, name="own"),
    path("own/app", own.add_app, name="add-app"),
    path("own/app/confirm", own.confirm_app, name="confirm-app"),
    path("own/passkey", own.add_passkey, name="add-passkey"),
    path("own/passkey/confirm", own.confirm_passkey, name="confirm-passkey"),
    path("own/codes", own.new_codes, name="new-codes"),
    path("own/end", own.end, name="end-factor"),
    path("stations/trust", own.trust, name="trust"),
    path("stations/end", own.distrust, name="distrust"),
    path("policy/second-factor", own.policy, name="second-factor-policy"),
]
