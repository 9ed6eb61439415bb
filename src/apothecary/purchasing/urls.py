"""The addresses of ordering, receiving and invoices."""

from django.urls import path

from apothecary.purchasing.matching import views as matching
from apothecary.purchasing.ordering import views as ordering
from apothecary.purchasing.papers import views as papers
from apothecary.purchasing.receiving import views as receiving
from apothecary.purchasing.tracing.urls import urlpatterns as tracing
from apothecary.purchasing.wholesalers import views as wholesalers

app_name = "purchasing"
urlpatterns = [
    path("", ordering.pad, name="pad"),
    path("pad/fill", ordering.fill_pad, name="fill-pad"),
    path("pad/add", ordering.add, name="add"),
    path("pad/scan", ordering.scan, name="pad-scan"),
    path("line/<int:line_id>/", ordering.change, name="line"),
    path("order/<int:order_id>/", ordering.order, name="order"),
    path("order/<int:order_id>/approve", ordering.approve, name="approve"),
    path("order/<int:order_id>/send", ordering.send, name="send"),
    path("order/<int:order_id>/go", ordering.go, name="go"),
    path("order/<int:order_id>/reopen", ordering.reopen, name="reopen"),
    path("order/<int:order_id>/cancel", ordering.cancel, name="cancel"),
    path("order/<int:order_id>/close", ordering.close, name="close"),
    path("order/<int:order_id>/again", ordering.again, name="again"),
    path("answer/<int:answer_id>/take", ordering.take, name="take"),
    path("answer/<int:answer_id>/refuse", ordering.refuse, name="refuse"),
    path("receive/", receiving.deliveries, name="deliveries"),
    path("receive/tote", receiving.tote, name="tote"),
    path("receive/start", receiving.start, name="start"),
    path("receive/<int:receipt_id>/", receiving.receipt, name="receipt"),
    path("receive/<int:receipt_id>/scan", receiving.scan, name="scan"),
    path("receive/<int:receipt_id>/package", receiving.package, name="package"),
    path("receive/<int:receipt_id>/temperature", receiving.temperature, name="temperature"),
    path("receive/<int:receipt_id>/close", receiving.close, name="close-receipt"),
    path("received/<int:received_id>/aside", receiving.aside, name="aside"),
    path("received/<int:received_id>/back", receiving.back, name="back"),
    path("put-away/", receiving.put_away, name="put-away"),
    path("put-away/scan", receiving.put_away_scan, name="put-away-scan"),
    path("put-away/<int:lot_id>/", receiving.put_away_lot, name="put-away-lot"),
    path("invoices/", matching.invoices, name="invoices"),
    path("invoice/<int:invoice_id>/", matching.invoice, name="invoice"),
    path("invoice/<int:invoice_id>/match", matching.match, name="match"),
    path("invoice/<int:invoice_id>/approve", matching.approve, name="approve-invoice"),
    path("differences/", matching.differences, name="differences"),
    path("difference/<int:difference_id>/claim", matching.claim, name="claim"),
    path("difference/<int:difference_id>/credit", matching.credit, name="credit"),
    path("difference/<int:difference_id>/accept", matching.accept, name="accept"),
    path("difference/<int:difference_id>/write-off", matching.write_off, name="write-off"),
    path("wholesalers/", wholesalers.wholesalers, name="wholesalers"),
    path("wholesalers/new", wholesalers.new, name="new-wholesaler"),
    path("wholesalers/<int:wholesaler_id>/", wholesalers.wholesaler, name="wholesaler"),
    path("wholesalers/<int:wholesaler_id>/paper", wholesalers.paper, name="load-paper"),
    path("items/<int:item_id>/tie", wholesalers.tie, name="tie"),
    path("items/<int:item_id>/dismiss", wholesalers.dismiss, name="dismiss-item"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<int:paper_id>/", papers.paper, name="paper"),
    path("papers/<int:paper_id>/again", papers.again, name="try-again"),
    path("papers/<int:paper_id>/dismiss", papers.dismiss, name="dismiss-paper"),
    *tracing,
]
