"""Addresses of the public form."""

from django.urls import path

from zhike.acquire.web import hello

urlpatterns = [
    path("hello/", hello.hello, name="hello"),
    path("hello/thanks/", hello.thanks, name="hello_thanks"),
]
