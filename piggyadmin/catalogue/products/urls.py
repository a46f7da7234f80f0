from collections.abc import Iterator

from django.urls import URLPattern, path

from piggyadmin.catalogue.products import views
from piggyadmin.catalogue.products.sorts import CATEGORY, PRODUCT, Sort


def _of(sort: Sort) -> Iterator[URLPattern]:
    here, one = f"{sort.many}/", f"{sort.many}/<piggy:uuid>/"
    told = {"sort": sort}
    yield path(here, views.items, told, name=sort.many)
    yield path(f"{here}find/", views.find, told, name=f"{sort.name}-find")
    yield path(f"{here}find-or-create/", views.find_or_create, told, name=f"{sort.name}-find-or-create")
    yield path(f"{here}new/", views.new, told, name=f"{sort.name}-new")
    yield path(one, views.item, told, name=sort.name)
    yield path(f"{one}change/", views.change, told, name=f"{sort.name}-change")
    yield path(f"{one}delete/", views.delete, told, name=f"{sort.name}-delete")


urlpatterns = [*_of(PRODUCT), *_of(CATEGORY)]
