from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "piggyadmin.desk"
    label = "desk"
    verbose_name = "The desk"
