"""NCPDP codes with which a resolution goes to the claim, in words of our own.

Source: code values of 440-E5 and 441-E6 as published by the US Department of Veterans
Affairs; the selection is what a community pharmacy uses every day.
"""

SERVICES = {
    "M0": "asked the prescriber",
    "P0": "asked the patient",
    "R0": "looked it up elsewhere",
    "PH": "went through the patient's history",
    "MR": "reviewed the patient's medicines",
    "PE": "taught the patient",
    "DE": "judged the dose",
}
RESULTS = {
    "1A": "filled: it does not apply to this patient",
    "1B": "filled as written",
    "1C": "filled with another dose",
    "1D": "filled with other directions",
    "1E": "filled with another drug",
    "1F": "filled with another quantity",
    "1G": "filled, the prescriber agrees",
    "2A": "not filled",
    "2B": "not filled, the directions were clarified",
}
