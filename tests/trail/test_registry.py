"""The forms of CloudTrail: each module of the folder is registered, and a faulty one is refused with the reason."""

from __future__ import annotations

import pkgutil
from types import ModuleType
from typing import Any

import pytest

from analyzer.trail import forms as folder
from analyzer.trail.registry import FORMS, by_kind, forms


def module(name: str, **attributes: object) -> Any:
    """A module with these attributes, as a new form would be."""
    made = ModuleType(name)
    vars(made).update(attributes)
    return made


def test_every_module_of_the_folder_is_registered_in_the_order_of_names() -> None:
    names = sorted(found.name for found in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."))
    assert [getattr(form, "__name__", "") for form in FORMS] == names
    assert {form.KIND for form in FORMS} == set(forms())


def test_a_form_that_lacks_something_is_refused_with_its_name() -> None:
    with pytest.raises(TypeError, match=r"^forms\.dummy does not satisfy TrailForm: it lacks FORM, unwrap$"):
        by_kind([module("forms.dummy", KIND="cloudtrail-dummy")])


def test_two_forms_of_one_kind_are_refused() -> None:
    form = module("forms.dummy", KIND="cloudtrail-dummy", FORM="dummy", unwrap=len)
    assert by_kind([form]) == {"cloudtrail-dummy": form}
    with pytest.raises(TypeError, match="two forms of CloudTrail are of the kind cloudtrail-dummy"):
        by_kind([form, form])
