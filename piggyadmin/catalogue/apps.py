from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "piggyadmin.catalogue"
    label = "catalogue"
    verbose_name = "The catalogue"
