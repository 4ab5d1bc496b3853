"""Every event has a unique kind and a subject."""

import importlib
from collections import Counter
from uuid import UUID

import pytest
from attrs import fields_dict

from ece_domain.kernel import Event
from tests.architecture.test_layout import CONTEXTS

for _context in CONTEXTS:
    importlib.import_module(f"ece_domain.{_context.name}")

EVENTS = [event for event in Event.__subclasses__() if event.__module__.startswith("ece_domain.")]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_names_its_subject_by_an_id_of_its_own(event):
    assert event.subject.endswith("_id")
    assert fields_dict(event)[event.subject].type is UUID


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_the_kind_of_an_event_begins_with_its_context(event):
    context = event.__module__.split(".")[1]
    assert event.kind.startswith(f"{context}.")
    assert event.version >= 1


def test_no_two_events_share_a_kind():
    assert EVENTS
    kinds = Counter(event.kind for event in EVENTS)
    assert [kind for kind, times in kinds.items() if times > 1] == []
