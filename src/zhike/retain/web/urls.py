"""Addresses of retention's pages."""

from django.urls import path

from zhike.retain.web import results

urlpatterns = [path("saved-and-lost/", results.results, name="retention_results")]
