"""Entry point of `python -m simulators.prescriber`."""

from simulators.prescriber.command import main

raise SystemExit(main())
