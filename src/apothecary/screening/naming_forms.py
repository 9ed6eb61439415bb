"""Words of a drug's name that are no drug: forms, releases, salts, words that say nothing."""

# A kind of form of the drug file for each word; empty where the word alone does not decide.
FORMS = {
    **dict.fromkeys(("tablet", "tablets", "tab", "tabs", "caplet", "caplets"), "tablet"),
    **dict.fromkeys(("capsule", "capsules", "cap", "caps", "softgel", "softgels"), "capsule"),
    **dict.fromkeys(("suspension", "susp", "syrup", "elixir", "liquid"), "oral-liquid"),
    **dict.fromkeys(("cream", "ointment", "lotion", "gel", "topical", "shampoo"), "topical"),
    **dict.fromkeys(("foam", "skin"), "topical"),
    **dict.fromkeys(("patch", "patches", "transdermal"), "patch"),
    **dict.fromkeys(("ophthalmic", "eye", "ophth"), "eye-drops"),
    **dict.fromkeys(("otic", "ear"), "ear-drops"),
    **dict.fromkeys(("inhaler", "hfa", "inhalation", "diskus", "mdi"), "inhaler"),
    **dict.fromkeys(("nebulizer", "neb"), "nebulizer"),
    "nasal": "nasal-spray",
    **dict.fromkeys(("injection", "inj", "injectable", "vial", "pen", "syringe"), "injection"),
    **dict.fromkeys(("iv", "im", "subcutaneous"), "injection"),
    **dict.fromkeys(("odt", "disintegrating", "sublingual", "sl"), "oral-dissolving"),
    "vaginal": "vaginal",
    **dict.fromkeys(("rectal", "suppository", "suppositories"), "rectal"),
    **dict.fromkeys(("solution", "soln", "drops", "spray", "powder", "film", "kit"), ""),
}
EXTENDED = "EXTENDED RELEASE"
RELEASES = {
    **dict.fromkeys(("er", "xr", "sr", "xl", "la", "cr", "cd", "extended"), EXTENDED),
    **dict.fromkeys(("extended-release", "12h", "24h", "xt", "contin", "sustained"), EXTENDED),
    **dict.fromkeys(("dr", "ec", "delayed", "delayed-release", "enteric"), "DELAYED RELEASE"),
}
SILENT = frozenset(
    (
        *("oral", "po", "release", "coated", "chewable", "chew", "effervescent", "usp", "otc"),
        *("immediate", "ir", "rx", "metered", "dose", "dosage", "form", "strength", "extra"),
        *("maximum", "regular", "low", "hour", "day", "generic", "brand", "ds", "hcl", "juice"),
        *("pack", "dosepak", "pak", "supplement", "herbal", "extract", "ml", "of"),
    )
)
SALTS = frozenset(
    (
        *("hydrochloride", "hcl", "dihydrochloride", "hydrobromide", "sulfate", "sodium", "na"),
        *("potassium", "calcium", "magnesium", "maleate", "tartrate", "bitartrate", "citrate"),
        *("phosphate", "acetate", "mesylate", "besylate", "fumarate", "succinate", "nitrate"),
        *(
            "malate",
            "tosylate",
            "bromide",
            "chloride",
            "monohydrate",
            "dihydrate",
            "trihydrate",
        ),
        *("anhydrous", "tromethamine", "xinafoate", "furoate", "propionate", "valerate"),
        *("pamoate", "palmitate", "decanoate", "enanthate", "cypionate", "stearate"),
        *("ethylsuccinate", "axetil", "proxetil", "medoxomil", "cilexetil", "etexilate"),
        *("mofetil", "bisulfate", "oxalate", "hyclate", "camsylate", "saccharate", "erbumine"),
        *("disoproxil", "alafenamide", "disodium", "benzoate", "acetonide", "dipropionate"),
    )
)
