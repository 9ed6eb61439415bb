"""A one-bit picture as a ZPL II graphic field, in Zebra's ASCII run-length compression.

Every ZPL II printer reads it, also those too old for the later Z64. One hexadecimal digit is
four dots. A letter before a digit repeats it: G to Y are 1 to 19, g to z are 20 to 400 in
twenties. A comma fills the row with white, "!" with black, ":" repeats the row above.
(ZPL II Programming Guide, "Alternative Data Compression Scheme".)
"""

from itertools import groupby

from PIL import Image

MOST_REPEATS = 419
# Small printers hold a graphic field in a small buffer.
MOST_BYTES = 24_000


def graphics(picture: Image.Image) -> bytes:
    """The ZPL fields that draw ``picture`` (mode "1", 0 is black): one a band of ink."""
    if picture.mode != "1":
        raise ValueError(f"a label picture has one bit a dot, not mode {picture.mode}")
    bytes_a_row = (picture.width + 7) // 8
    rows = hex_rows(picture, bytes_a_row)
    return b"".join(
        f"^FO0,{top}".encode("ascii") + field(rows[top:end], bytes_a_row) + b"^FS"
        for top, end in bands(rows, MOST_BYTES // bytes_a_row)
    )


def bands(rows: list[str], most: int) -> list[tuple[int, int]]:
    """First row and row after the last of each stretch with ink, none above ``most`` rows."""
    found: list[tuple[int, int]] = []
    for y, row in enumerate(rows):
        if not row.strip("0"):
            continue
        if found and found[-1][1] == y and y - found[-1][0] < most:
            found[-1] = (found[-1][0], y + 1)
        else:
            found.append((y, y + 1))
    return found


def field(rows: list[str], bytes_a_row: int) -> bytes:
    """One ``^GFA`` command."""
    total = bytes_a_row * len(rows)
    data = "".join(
        compressed(row, above) for above, row in zip(["", *rows], rows, strict=False)
    )
    return f"^GFA,{total},{total},{bytes_a_row},{data}".encode("ascii")


def hex_rows(picture: Image.Image, bytes_a_row: int) -> list[str]:
    """Each row in hexadecimal, a set bit being black; the padding bits are white."""
    raw = picture.tobytes()
    padding = bytes_a_row * 8 - picture.width
    mask = (1 << bytes_a_row * 8) - (1 << padding)
    rows = []
    for start in range(0, len(raw), bytes_a_row):
        black = ~int.from_bytes(raw[start : start + bytes_a_row], "big") & mask
        rows.append(f"{black:0{bytes_a_row * 2}X}")
    return rows


def compressed(row: str, above: str) -> str:
    if row == above:
        return ":"
    for digit, filler in (("0", ","), ("F", "!")):
        if row.endswith(digit):
            kept = row.rstrip(digit)
            return f"{runs(kept)}{filler}"
    return runs(row)


def runs(digits: str) -> str:
    return "".join(repeated(digit, len(list(group))) for digit, group in groupby(digits))


def repeated(digit: str, times: int) -> str:
    """One run: "0" 45 times is "hK0" (40 and 5)."""
    text = ""
    while times > MOST_REPEATS:
        text += f"zY{digit}"
        times -= MOST_REPEATS
    if times == 1:
        return text + digit
    twenties, ones = divmod(times, 20)
    text += chr(ord("g") + twenties - 1) if twenties else ""
    text += chr(ord("G") + ones - 1) if ones else ""
    return f"{text}{digit}" if times else text
