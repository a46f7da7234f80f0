from django.urls import path

from vouchers.giftcards import adjust_views, mail_views, move_views, views

app_name = "giftcards"
urlpatterns = [
    path("", views.start, name="start"),
    path("make/<piggy:program_uuid>/", views.create, name="create"),
    path("<piggy:giftcard_uuid>/", views.card, name="card"),
    path("<piggy:giftcard_uuid>/move/", move_views.move, name="move"),
    path("<piggy:giftcard_uuid>/mail/", mail_views.mail, name="mail"),
    path("<piggy:giftcard_uuid>/code/", views.code, name="code"),
    path("<piggy:giftcard_uuid>/transactions/<piggy:transaction_uuid>/", adjust_views.adjust, name="adjust"),
]
