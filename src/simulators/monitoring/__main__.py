"""Entry point of `python -m simulators.monitoring`."""

from simulators.monitoring.command import main

raise SystemExit(main())
