"""The addresses of the book, its counts, its papers."""

from django.urls import path

from apothecary.vault.book import count_pages, pages, paper_pages

urlpatterns = [
    path("", pages.books, name="books"),
    path("book/<int:product_id>/", pages.book, name="book"),
    path("inspection/", pages.inspect, name="inspect"),
    path("inspection/<str:paper>.<str:kind>", pages.paper, name="paper"),
    path("policy", pages.policy, name="policy"),
    path("counts/", count_pages.counts, name="counts"),
    path("counts/start", count_pages.start_count, name="start-count"),
    path("counts/<int:count_id>/", count_pages.count, name="count"),
    path("counts/<int:count_id>/give-up", count_pages.give_up, name="give-up-count"),
    path("counts/line/<int:line_id>/enter", count_pages.enter, name="enter-count"),
    path("discrepancies/", count_pages.discrepancies, name="cases"),
    path("discrepancies/<int:case_id>/", count_pages.case, name="case"),
    path("discrepancies/<int:case_id>/note", count_pages.note, name="note"),
    path("discrepancies/<int:case_id>/explain", count_pages.explain, name="explain"),
    path(
        "discrepancies/<int:case_id>/unexplained", count_pages.unexplained, name="unexplained"
    ),
    path("discrepancies/<int:case_id>/close", count_pages.close, name="close-case"),
    path("inventories/", paper_pages.inventories, name="inventories"),
    path("inventories/start", paper_pages.start_inventory, name="start-inventory"),
    path("inventories/<int:inventory_id>/", paper_pages.inventory, name="inventory"),
    path("inventories/<int:inventory_id>/sign", paper_pages.sign, name="sign-inventory"),
    path("inventories/<int:inventory_id>/give-up", paper_pages.give_up, name="give-up"),
    path("inventories/line/<int:line_id>/count", paper_pages.count_line, name="count-line"),
    path("door/", paper_pages.door, name="door"),
    path("door/log", paper_pages.log, name="log"),
    path("attorneys/", paper_pages.attorneys, name="attorneys"),
    path("attorneys/grant", paper_pages.grant, name="grant"),
    path("attorneys/<int:power_id>/revoke", paper_pages.revoke, name="revoke"),
]
