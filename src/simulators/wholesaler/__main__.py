"""Entry point of `python -m simulators.wholesaler`."""

from simulators.wholesaler.command import main

raise SystemExit(main())
