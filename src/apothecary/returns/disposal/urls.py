"""The addresses of waste, destructions and what patients brought back."""

from django.urls import path

from apothecary.returns.disposal import views

urlpatterns = [
    path("waste", views.waste, name="waste"),
    path("waste/hand-over", views.hand_over, name="hand-over"),
    path("waste/manifests/<int:hand_over_id>/copy", views.copy_back, name="copy-back"),
    path("waste/<int:container_id>/", views.container, name="container"),
    path("waste/<int:container_id>/items", views.throw, name="throw"),
    path("waste/<int:container_id>/close", views.close, name="close-container"),
    path("destroy", views.destroy, name="destroy"),
    path("destroyed/<int:destruction_id>/", views.destruction, name="destruction"),
    path("destroyed/<int:destruction_id>/record.pdf", views.form41, name="form-41"),
    path("brought", views.brought, name="brought"),
    path("collector", views.collector, name="collector"),
]
