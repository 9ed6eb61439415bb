"""The group of a dosage form by which rules and labels speak: tablet, eye-drops, injection.

Source: forms and routes are those of the FDA's NDC Directory; the groups are the house's.
"""

from functools import lru_cache

KIT = "KIT"
# By route where the route decides, in this order: (route words, forms that begin so, group).
SEMISOLID = ("OINTMENT", "GEL", "CREAM", "PASTE", "JELLY", "SALVE")
SOLID = ("TABLET", "CAPSULE", "PILL")
BREATHED = ("AEROSOL", "INHALANT", "POWDER", "SPRAY", "CAPSULE")
DISSOLVING = ("FILM", "LOZENGE", "TROCHE", "STRIP", "PASTILLE", "GUM")
BY_ROUTE: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("OPHTHALMIC", "INTRACANALICULAR"), SEMISOLID, "eye-ointment"),
    (("OPHTHALMIC", "INTRACANALICULAR"), (), "eye-drops"),
    (("AURICULAR (OTIC)",), (), "ear-drops"),
    (("VAGINAL",), (), "vaginal"),
    (("RECTAL",), (), "rectal"),
    ((), ("PATCH", "FILM, EXTENDED RELEASE", "PLASTER"), "patch"),
    ((), ("INJECTION", "INJECTABLE", "IMPLANT"), "injection"),
    ((), ("AEROSOL, METERED", "AEROSOL, POWDER", "INHALANT", "POWDER, METERED"), "inhaler"),
    (("RESPIRATORY (INHALATION)",), BREATHED, "inhaler"),
    (("RESPIRATORY (INHALATION)",), ("GAS",), "gas"),
    (("RESPIRATORY (INHALATION)",), (), "nebulizer"),
    (("NASAL",), SEMISOLID, "topical"),
    (("NASAL",), (), "nasal-spray"),
    ((), SOLID, "@solid"),
    (("TOPICAL", "CUTANEOUS"), (), "topical"),
    (("TRANSDERMAL",), (), "topical"),
    ((), DISSOLVING, "oral-dissolving"),
    (("DENTAL", "PERIODONTAL"), ("MOUTHWASH", "RINSE", "LIQUID", "SOLUTION"), "oral-liquid"),
    (("DENTAL", "PERIODONTAL", "GINGIVAL"), (), "topical"),
)
INJECTED = (
    *("INTRAVENOUS", "INTRAMUSCULAR", "SUBCUTANEOUS", "INTRADERMAL", "PARENTERAL", "EPIDURAL"),
    *("INTRATHECAL", "INTRA-ARTERIAL", "INTRA-ARTICULAR", "PERCUTANEOUS", "INTRAVITREAL"),
    *("INTRAPERITONEAL", "INTRAVESICAL", "INFILTRATION", "INTRALESIONAL"),
)
MIXED_TO_DRINK = (
    *("POWDER, FOR", "GRANULE, FOR SUSPENSION", "FOR S", "SOLUTION", "SUSPENSION", "LIQUID"),
    *("SYRUP", "ELIXIR", "CONCENTRATE", "EMULSION", "RINSE", "MOUTHWASH", "TINCTURE", "OIL"),
)
EATEN_POWDER = ("GRANULE", "POWDER", "PELLET", "GLOBULE", "CRYSTAL")
APPLIED = (
    *("CREAM", "OINTMENT", "LOTION", "GEL", "SHAMPOO", "SOAP", "SWAB", "STICK", "LIPSTICK"),
    *("CLOTH", "PASTE", "JELLY", "SALVE", "LINIMENT", "SPONGE", "DRESSING", "AEROSOL", "SPRAY"),
)


@lru_cache(maxsize=4_096)
def form_group(form: str, routes: tuple[str, ...]) -> str:
    """The group of a dosage form (capitals, as listed) on these routes; else ``other``."""
    if form == KIT:
        return "kit"
    for wanted, forms, group in BY_ROUTE:
        if wanted and not any(route in wanted for route in routes):
            continue
        if forms and not form.startswith(forms):
            continue
        if group == "@solid":
            return "capsule" if form.startswith("CAPSULE") else "tablet"
        return group
    if any(route in INJECTED for route in routes):
        return "injection"
    if form.startswith(MIXED_TO_DRINK):
        return "oral-liquid"
    if form.startswith(EATEN_POWDER):
        return "oral-powder"
    return "topical" if form.startswith(APPLIED) else "other"
