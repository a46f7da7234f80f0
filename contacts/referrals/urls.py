from django.urls import path

from contacts.referrals import views

urlpatterns = [
    path("", views.referrals, name="referrals"),
]
