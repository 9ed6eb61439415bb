"""Pages and API, for granian or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from apothecary.config.lifeline import die_with_parent

# Granian forks the process that imports this; killed with -9, it would leave it behind.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apothecary.config.settings")
application = get_wsgi_application()
