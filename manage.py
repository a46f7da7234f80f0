#!/usr/bin/env python
"""Django's own command line: `python manage.py migrate`, `python manage.py shell`, ..."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
