"""The first drugs of what many drugs have, kept ready in their order.

"met" is the beginning of words of thousands of drugs: to sort them at every key would take
longer than all else. Of such beginnings and words the first drugs are listed when the index is
made; a list of several readings is merged from the lists of each.
"""

from collections.abc import Iterable, Iterator

from django.db.backends.utils import CursorWrapper

# Fewer drugs are sorted as fast as a list of them is fetched.
LISTED_FROM = 300
# As many as a search reads at most of one question.
DEPTH = 60
SHORTEST_BEGINNING = 2
LONGEST_BEGINNING = 40
MANY = """
SELECT substr(word, 1, n) || '*' FROM found_word
CROSS JOIN generate_series(%(shortest)s::int, %(longest)s::int) AS n WHERE length(word) >= n
GROUP BY substr(word, 1, n) HAVING sum(drugs) > %(many)s
UNION ALL SELECT word FROM found_word WHERE drugs > %(many)s
"""
IN_ORDER = """
COPY (SELECT id, array_to_string(tsvector_to_array(marks), ' ') FROM drugs_searchdrug
      ORDER BY used DESC, place, id) TO STDOUT
"""
STAGE = """
CREATE TEMP TABLE found_list (leaf text COLLATE "C", drugs uuid[]) ON COMMIT DROP
"""
FORGET = """
DELETE FROM drugs_searchlist l WHERE NOT EXISTS
  (SELECT FROM found_list f WHERE f.leaf = l.leaf)
"""
KEEP = """
INSERT INTO drugs_searchlist (leaf, drugs)
SELECT f.leaf, f.drugs FROM found_list f LEFT JOIN drugs_searchlist l USING (leaf)
WHERE l.leaf IS NULL OR l.drugs <> f.drugs
ON CONFLICT (leaf) DO UPDATE SET drugs = excluded.drugs
"""


def keep_lists(cursor: CursorWrapper) -> None:
    """Bring the lists in step with the drugs; `found_word` holds the vocabulary as it is."""
    cursor.execute(
        MANY,
        {
            "shortest": SHORTEST_BEGINNING,
            "longest": LONGEST_BEGINNING,
            "many": LISTED_FROM,
        },
    )
    leaves = {leaf for (leaf,) in cursor.fetchall()}
    lists = first_of(leaves, in_order(cursor))
    cursor.execute(STAGE)
    with cursor.copy("COPY found_list (leaf, drugs) FROM STDIN") as copy:
        for leaf, drugs in lists.items():
            copy.write_row((leaf, f"{{{','.join(drugs)}}}"))
    cursor.execute(FORGET)
    cursor.execute(KEEP)


def in_order(cursor: CursorWrapper) -> Iterator[tuple[str, list[str]]]:
    """Every drug with its marks, most used first; streamed, for they are many."""
    with cursor.copy(IN_ORDER) as copy:
        for drug, marks in copy.rows():
            yield drug, marks.split(" ")


def first_of(
    leaves: Iterable[str], drugs: Iterable[tuple[str, list[str]]]
) -> dict[str, list[str]]:
    """For each leaf the first drugs that have it, at most `DEPTH`, in the order given."""
    lists: dict[str, list[str]] = {leaf: [] for leaf in leaves}
    wanting: dict[str, list[str]] = {}
    for drug, marks in drugs:
        for mark in marks:
            open_ = wanting.get(mark)
            if open_ is None:
                open_ = [leaf for leaf in leaves_with(mark) if leaf in lists]
            # Most lists are full after a few drugs: their marks then cost one look-up.
            wanting[mark] = open_ and [leaf for leaf in open_ if put(lists[leaf], drug)]
    return lists


def put(drugs: list[str], drug: str) -> bool:
    """Add a drug to a list once; returns whether the list wants more."""
    if drugs[-1:] != [drug] and len(drugs) < DEPTH:
        drugs.append(drug)
    return len(drugs) < DEPTH


def leaves_with(mark: str) -> Iterator[str]:
    """The leaves a mark belongs to: itself, and each of its beginnings."""
    yield mark
    for end in range(SHORTEST_BEGINNING, min(len(mark), LONGEST_BEGINNING) + 1):
        yield f"{mark[:end]}*"
