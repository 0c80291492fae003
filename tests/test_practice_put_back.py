"""What code does to the modules, classes and collections of others is undone."""

import sys
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.practice.put_back import Kept

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["set", "delete", "fill", "empty", "in class", "off class"]),
        st.sampled_from(["one", "two", "three", "pairs", "many", "__init__", "__call__"]),
    ),
    max_size=12,
)


@given(ACTS)
@settings(max_examples=50, deadline=None)
def test_whatever_is_done_to_a_module_is_undone(acts):
    made = type(sys)("snippets.practice.made_up")
    owner = type("Owner", (), {"__module__": made.__name__, "one": 1, "pairs": [1, 2]})
    vars(made).update(one=object(), pairs={"a": object()}, many=[1, 2], two={1, 2}, Owner=owner)
    names, inside = dict(vars(made)), dict(vars(owner))
    filled = {name: value.copy() for name, value in names.items() if isinstance(value, dict | list | set)}
    with mock.patch.dict(sys.modules, {made.__name__: made}):
        kept = Kept()
        for act, name in acts:
            do(act, name, made, owner)
        kept.put_back()
    assert vars(made) == names
    assert all(vars(made)[name] is value for name, value in names.items())
    assert {name: vars(made)[name] for name in filled} == filled
    assert dict(vars(owner)) == inside
    assert owner.pairs == [1, 2]


def do(act, name, made, owner):
    value = vars(made).get(name)
    if act == "set":
        setattr(made, name, object())
    elif act == "delete":
        vars(made).pop(name, None)
    elif act == "fill" and isinstance(value, dict | set):
        value.update({"new": 1} if isinstance(value, dict) else {"new"})
    elif act == "fill" and isinstance(value, list):
        value.append(value)
    elif act == "empty" and isinstance(value, dict | list | set):
        value.clear()
    elif act == "in class":
        setattr(owner, name, object())
    elif act == "off class" and name in vars(owner):
        delattr(owner, name)
