"""How the strengths of a combination are said: in the order in which its name has the drugs."""

BETWEEN = " / "


def in_order_of_name(strength: str, *, name: str, ingredient_key: str) -> str:
    """``hydrocodone and acetaminophen``, held as 325 mg / 5 mg, is said 5 mg / 325 mg.

    The file holds strengths in the order of the ingredients' keys, so that equal products
    compare equal. Where the name does not show which is whose, it is left as it is held.
    """
    keys, parts = ingredient_key.split("+"), strength.split(BETWEEN)
    if len(keys) != len(parts):
        return strength
    places = [name.lower().find(key.partition("-")[0]) for key in keys]
    if min(places) < 0 or len(set(places)) < len(places):
        return strength
    return BETWEEN.join(part for _, part in sorted(zip(places, parts, strict=True)))
