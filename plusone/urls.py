"""Every address on one screen."""

urlpatterns: list[object] = []
