"""The English words of the label that differ from the typed value, or cannot be derived."""

PLURAL = {
    "patch": "patches",
    "suppository": "suppositories",
    "mL": "mL",
    "mg": "mg",
    "mcg": "mcg",
    "g": "g",
    "mEq": "mEq",
    "gummy": "gummies",
    "inch": "inches",
    "mmol": "mmol",
}
ROUTE = {
    "oral": "by mouth",
    "sublingual": "under the tongue",
    "buccal": "inside the cheek",
    "rectal": "into the rectum",
    "vaginal": "into the vagina",
    "intravenous": "into a vein",
    "intramuscular": "into a muscle",
    "intradermal": "into the top layer of the skin",
    "subcutaneous": "under the skin",
    "nasal": "into the nose",
    "inhalation": "by inhalation",
    "nebulization": "by nebulizer",
    "topical": "to the skin",
    "transdermal": "to the skin",
    "ophthalmic": "into the eye",
    "otic": "into the ear",
    "nasogastric tube": "by nasogastric tube",
    "gastrostomy tube": "by gastrostomy tube",
}
SITE = {
    "both eyes": "into both eyes",
    "right eye": "into the right eye",
    "left eye": "into the left eye",
    "affected eye": "into the affected eye",
    "both ears": "into both ears",
    "right ear": "into the right ear",
    "left ear": "into the left ear",
    "affected ear": "into the affected ear",
    "each nostril": "into each nostril",
    "one nostril": "into one nostril",
    "affected area": "to the affected area",
    "face": "to the face",
    "scalp": "to the scalp",
    "affected knee": "to the affected knee",
    "alternate nostrils": "into alternate nostrils",
}
# Said with a number and a short sign, which is the same for one and for many.
MEASURES = frozenset({"mL", "mg", "mcg", "g", "mEq", "mmol", "unit"})
