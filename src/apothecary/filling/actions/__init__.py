"""The verbs of the filling counter."""

from apothecary.filling.actions.back_count import count_back
from apothecary.filling.actions.by_scan import scan_here, start_by_scan, start_next
from apothecary.filling.actions.count import count_and_label, record_count
from apothecary.filling.actions.label import print_label, print_label_again
from apothecary.filling.actions.lots import take_lot
from apothecary.filling.actions.product import change_product
from apothecary.filling.actions.scan import confirm_bottles, scan_bottle, set_aside_wrong
from apothecary.filling.actions.send import add_photo, send_to_check
from apothecary.filling.actions.start import (
    give_part_now,
    leave_filling,
    mark_short,
    start_filling,
)

__all__ = [
    "add_photo",
    "change_product",
    "confirm_bottles",
    "count_and_label",
    "count_back",
    "give_part_now",
    "leave_filling",
    "mark_short",
    "print_label",
    "print_label_again",
    "record_count",
    "scan_bottle",
    "scan_here",
    "send_to_check",
    "set_aside_wrong",
    "start_by_scan",
    "start_filling",
    "start_next",
    "take_lot",
]
