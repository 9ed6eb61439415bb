"""The statements of a search. Each ends in the same columns and in the same order of drugs.

Our own words alone are put together here; what was typed comes as a value.
"""

# The marks of a drug are fetched only where they tell why it answers.
DRUG = """d.id, d.product_id, d.name, d.brand, d.strength, d.form, d.route, d.schedule,
  d.labeler, d.labelers, d.products,
  CASE WHEN %(reasons)s THEN tsvector_to_array(d.marks) END AS marks,
  (SELECT k.ingredient_key FROM drugs_product k WHERE k.id = d.product_id) AS of"""
BEGINS = "(d.marks @@ %(begins)s::tsquery)"
# IS TRUE keeps a question from the index of marks.
WHOLE = "(d.marks @@ %(whole)s::tsquery) IS TRUE"
ORDER = f"""NOT {BEGINS}, f.fills IS NULL, f.fills DESC, d.used DESC, d.place, d.id"""
# Only what is shown is read whole. The labeler told is that of the product that leads here.
SHOWN = f"""
SELECT {DRUG}, h.leads, h.fills, h.on_shelf, p.labeler FROM ({{chosen}}
) h JOIN drugs_searchdrug d ON d.id = h.id LEFT JOIN drugs_product p ON p.id = h.leads
ORDER BY NOT h.begins, h.fills IS NULL, h.fills DESC, d.used DESC, d.place, d.id
"""  # noqa: S608 our own words
# A few drugs: the index of marks names them, by the needs that few drugs meet.
FEW = SHOWN.format(
    chosen=f"""
  SELECT d.id, f.product_id AS leads, f.fills, f.on_shelf, {BEGINS} AS begins
  FROM drugs_searchdrug d LEFT JOIN drugs_searchfirst f
    ON f.drug_id = d.id AND f.pharmacy_id = %(pharmacy)s
  WHERE d.marks @@ %(rare)s::tsquery AND {WHOLE}
  ORDER BY {ORDER} LIMIT %(limit)s"""  # noqa: S608 our own words
)
# Many: the first of what is here, and the first of all. They are brought together by grouping:
# a plan made for any pharmacy would join them row by row.
UNITED = SHOWN.format(
    chosen=f"""
  SELECT d.id, f.leads, f.fills, f.on_shelf, {BEGINS} AS begins FROM (
    SELECT id, max(leads) AS leads, max(fills) AS fills, bool_or(on_shelf) AS on_shelf FROM (
      (SELECT d.drug_id AS id, d.product_id AS leads, d.fills, d.on_shelf
       FROM drugs_searchfirst d WHERE d.pharmacy_id = %(pharmacy)s AND {WHOLE}
       ORDER BY NOT {BEGINS}, d.fills DESC, d.used DESC, d.place, d.drug_id LIMIT %(limit)s)
      UNION ALL SELECT id, NULL, NULL, NULL FROM ({{best}}) b
    ) u GROUP BY id
  ) f JOIN drugs_searchdrug d ON d.id = f.id WHERE {WHOLE}
  ORDER BY {ORDER} LIMIT %(limit)s"""  # noqa: S608 our own words
)
FROM_LISTS = """
  SELECT unnest(drugs) AS id FROM drugs_searchlist WHERE leaf = ANY(%(lists)s::text[])"""
FROM_INDEX = f"""
  (SELECT d.id FROM drugs_searchdrug d WHERE d.marks @@ %(rare)s::tsquery AND {WHOLE}
   ORDER BY NOT {BEGINS}, d.used DESC, d.place, d.id LIMIT %(limit)s)"""  # noqa: S608 as above
LISTED = UNITED.format(best=FROM_LISTS)
LISTED_AND_REST = UNITED.format(best=f"{FROM_LISTS} UNION {FROM_INDEX}")
MANY = UNITED.format(best=FROM_INDEX)
