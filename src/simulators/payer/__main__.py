"""Entry point of `python -m simulators.payer`."""

from simulators.payer.command import main

raise SystemExit(main())
