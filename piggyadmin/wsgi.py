"""The WSGI application that gunicorn serves: `gunicorn piggyadmin.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")

application = get_wsgi_application()
