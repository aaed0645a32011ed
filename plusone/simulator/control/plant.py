"""Faults."""

from django.http import HttpRequest

from plusone.simulator import faults as plan
from plusone.simulator.control.door import control
from plusone.simulator.play.errors import Missing
from plusone.simulator.wire import Json


@control("GET")
def faults(request: HttpRequest, body: Json) -> Json:
    """All faults."""
    return {"faults": {name: plan.show(name) for name in plan.FAULTS}}


@control("PUT")
def fault(request: HttpRequest, body: Json, name: str) -> Json:
    """Changes one."""
    if name not in plan.FAULTS:
        raise Missing("fault", name)
    plan.change(name, body)
    return {name: plan.show(name)}


@control("POST")
def reset(request: HttpRequest, body: Json) -> Json:
    """Switches all off."""
    plan.reset()
    return {"faults": {name: plan.show(name) for name in plan.FAULTS}}
