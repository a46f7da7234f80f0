"""The WSGI application that gunicorn serves: `gunicorn piggyadmin.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")

application = get_wsgi_application()

# A page makes thousands of short-lived objects, and Python looks through the young ones for cycles at every 700th: some
# 1.5 ms while a customer waits. What is loaded by now stays, and is not looked through again.
get_resolver().url_patterns  # noqa: B018 - loads every page, which the first request would otherwise wait for
gc.collect()
gc.freeze()
gc.set_threshold(20_000)
