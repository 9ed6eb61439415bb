"""Who pays for a fill: the screens, and what a payer's eligibility answer puts on a card."""
