"""Plays a film in a browser, and holds what the player shows against what Python computes from the film."""

import random
import re
from itertools import accumulate

import pytest

from snippets.lens.player import play
from tests.browsing import opened
from tests.played import BODY, GET, pairs, site, stacks, states, where

pytestmark = pytest.mark.once

# What a player shows, read from its shadow tree.
SHOWN = """(player) => {
  const root = player.shadowRoot;
  const text = (selector) => root.querySelector(selector).textContent;
  const cells = (table) => Object.fromEntries([...table.querySelectorAll("tr")].map(
    (row) => [row.cells[0].textContent, row.cells[1].textContent]));
  const heads = [...root.querySelectorAll(".state h3")].slice(1);
  const calls = [...root.querySelectorAll(".calls .call")];
  const here = calls.findIndex((each) => each.classList.contains("here"));
  return {
    said: text(".said"), found: text(".found"), head: text(".code h3"),
    stack: calls.slice(0, here + 1).map((each) => each.textContent),
    tables: Object.fromEntries(heads.map((head) => [head.textContent, cells(head.nextElementSibling)])),
    number: Number(root.querySelector("input[type=number]").value),
    range: Number(root.querySelector("input[type=range]").value),
    line: root.querySelector(".code .here")?.dataset.line,
  };
}"""

# Keeps what a player says from now on: a step that plays is gone before somebody has looked.
SAID = """() => {
  const said = document.querySelector("[data-player]").shadowRoot.querySelector(".said");
  window.said = [];
  new MutationObserver(() => window.said.push(said.textContent)).observe(said, { childList: true });
}"""

# What a finger can't hit: smaller than 24 pixels (WCAG 2.2, 2.5.8). A box to tick is hit by its label.
SMALL = """(player) => [...player.shadowRoot.querySelectorAll("button, select, input:not([type=checkbox]), label")]
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width && (box.height < 23.5 || box.width < 23.5)).map(([each]) => each.outerHTML)"""


@pytest.fixture(scope="module")
def film():
    return play(GET, site(), size=16).film


@pytest.fixture(scope="module")
def address(film, tmp_path_factory):
    """A page of its own, as a file."""
    file = tmp_path_factory.mktemp("played") / "page.html"
    play(GET, site(), size=16).save(file)
    return file.as_uri()


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as page:
        yield page


def shown(page) -> dict:
    return page.locator("[data-player]").first.evaluate(SHOWN)


def press(page, name: str) -> dict:
    page.get_by_role("button", name=name, exact=True).click()
    return shown(page)


def jump(page, step: int) -> dict:
    page.get_by_label("number of the step").fill(str(step))
    page.keyboard.press("Enter")
    return shown(page)


def expected(film: dict, step: int) -> tuple[list[str], dict[str, dict[str, str]]]:
    """The stack and the tables of values at a step, by the rules of the format."""
    call = list(accumulate(film["call"]))[step]
    tables: dict[str, dict[str, str]] = {}
    for (owner, name), value in states(film)[step].items():
        if value != "-" and (owner == call or isinstance(owner, str)):
            label = owner if isinstance(owner, str) else f"Names in {where(film, step)[0]}"
            tables.setdefault(label, {})[name] = value
    return stacks(film)[step], tables


def held_against(page, film: dict, step: int) -> None:
    seen = jump(page, step)
    stack, tables = expected(film, step)
    assert (seen["stack"], seen["tables"]) == (stack, tables), step
    assert seen["number"] == seen["range"] == step
    assert seen["head"] == stack[-1]
    assert seen["line"] == str(where(film, step)[1])


def test_stack_names_and_values_are_those_of_the_film(page, film):
    chance = random.Random(12)
    for step in [0, len(film["kinds"]) - 1, *chance.sample(range(len(film["kinds"])), 10)]:
        held_against(page, film, step)


def test_so_they_are_of_a_body_and_one_byte_at_a_time(browser, tmp_path):
    player = play(BODY, site(), size=1)
    player.save(tmp_path / "page.html")
    chance = random.Random(7)
    with opened(browser, (tmp_path / "page.html").as_uri()) as page:
        for step in chance.sample(range(len(player.film["kinds"])), 6):
            held_against(page, player.film, step)


class TestMoving:
    def test_step_and_back(self, page):
        assert press(page, "step")["number"] == 1
        assert press(page, "step")["number"] == 2
        assert press(page, "back")["number"] == 1
        assert press(page, "first")["number"] == 0
        assert page.get_by_role("button", name="back", exact=True).is_disabled()

    def test_over_goes_past_what_a_line_calls(self, page, film):
        depth = [len(stack) for stack in stacks(film)]
        at = next(step for step in range(len(depth) - 1) if depth[step + 1] > depth[step])
        jump(page, at)
        wanted = next(step for step in range(at + 1, len(depth)) if depth[step] <= depth[at])
        assert wanted > at + 1
        assert press(page, "over")["number"] == wanted

    def test_out_leaves_the_call(self, page, film):
        depth = [len(stack) for stack in stacks(film)]
        at = depth.index(max(depth))
        jump(page, at)
        wanted = next(step for step in range(at, len(depth)) if depth[step] < depth[at])
        assert press(page, "out")["number"] == wanted

    def test_by_call_and_by_change(self, page, film):
        page.get_by_label("one step is").select_option("call")
        assert press(page, "step")["number"] == next(at for at, kind in enumerate(film["kinds"]) if at and kind != "l")
        press(page, "first")
        page.get_by_label("one step is").select_option("change")
        changed = set(accumulate(film["changes"]["step"]))
        wanted = min(at for at in changed if at and film["kinds"][at] not in "cg")
        assert press(page, "step")["number"] == wanted

    def test_the_keys(self, page, film):
        page.locator(".player").focus()
        last = len(film["kinds"]) - 1
        for key, step in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", last), ("Home", 0)]:
            page.keyboard.press(key)
            assert shown(page)["number"] == step
        page.keyboard.press("ArrowDown")
        assert shown(page)["number"] > 0

    def test_the_keys_move_nothing_else(self, browser, web_site):
        with opened(browser, f"{web_site}99_players.html", height=500) as page:
            page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")  # else it takes its time
            page.locator(".player").first.focus()
            before = page.evaluate("scrollY")
            for key in ("ArrowDown", "ArrowDown", "ArrowUp", "End", "Home", "Space", "Space"):
                page.keyboard.press(key)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("scrollY") == before

    def test_keys_typed_into_a_field_are_the_fields(self, page):
        page.get_by_label("number of a byte").fill("5")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Home")
        assert shown(page)["number"] == 0

    def test_the_slider(self, page):
        page.get_by_label("step", exact=True).and_(page.locator("input[type=range]")).fill("17")
        assert shown(page)["number"] == 17

    @pytest.mark.parametrize(("typed", "step"), [("999999", -1), ("-5", 0), ("", 0), ("3.7", 4)])
    def test_a_number_that_is_no_step_becomes_the_nearest(self, page, film, typed, step):
        jump(page, 9)
        assert jump(page, typed)["number"] == (step if step >= 0 else len(film["kinds"]) - 1)


class TestPlaying:
    def test_to_the_end_and_then_it_stops(self, page, film):
        jump(page, len(film["kinds"]) - 12)
        page.get_by_label("steps a second").select_option("20")
        press(page, "play")
        page.get_by_role("button", name="pause", exact=True).wait_for()
        page.get_by_role("button", name="play", exact=True).wait_for()
        assert shown(page)["number"] == len(film["kinds"]) - 1

    def test_space_plays_and_pauses(self, page):
        page.locator(".player").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="pause", exact=True).wait_for()
        page.keyboard.press("Space")
        page.get_by_role("button", name="play", exact=True).wait_for()

    def test_from_the_end_it_begins_anew(self, page, film):
        press(page, "last")
        page.evaluate(SAID)
        press(page, "play")
        page.wait_for_function("window.said.length >= 2")
        assert [each.partition(":")[0] for each in page.evaluate("window.said.slice(0, 2)")] == ["0", "1"]


class TestAsking:
    def test_which_line_took_a_byte(self, page, film):
        step = next(at for at, count in pairs(film["bytes"]["taken"]) if count > 5)
        page.locator(".bytes").first.locator("span").nth(5).click()
        seen = shown(page)
        assert seen["number"] == step
        assert seen["found"] == "This line took byte 5, h."
        press(page, "first")
        page.get_by_label("number of a byte").fill("20")
        assert press(page, "who took it?")["number"] == next(at for at, n in pairs(film["bytes"]["taken"]) if n > 20)

    def test_the_last_byte_of_a_line_is_that_lines(self, page, film):
        (one, end), (next_one, _) = pairs(film["bytes"]["taken"])[:2]
        for byte, step in ((end - 1, one), (end, next_one)):
            page.get_by_label("number of a byte").fill(str(byte))
            assert press(page, "who took it?")["number"] == step

    @pytest.mark.parametrize("byte", ["", "-1", "1.5", "100000"])
    def test_a_byte_that_is_none_is_told(self, page, byte):
        page.get_by_label("number of a byte").fill(byte)
        seen = press(page, "who took it?")
        assert seen["found"].startswith("There is no byte")
        assert seen["number"] == 0

    def test_who_changed_a_value(self, page, film):
        jump(page, len(film["kinds"]) - 1)
        changed = [
            step
            for step, holder, name in zip(
                accumulate(film["changes"]["step"]), film["changes"]["holder"], film["changes"]["name"], strict=True
            )
            if holder and film["objects"][holder - 1] == "HTTPChannel#1" and film["names"][name] == "_buffer"
        ]
        heading = page.locator("h3", has_text="HTTPChannel#1")
        table = heading.locator("xpath=following-sibling::table[1]")
        table.get_by_label("last change of _buffer").click()
        assert shown(page)["number"] == changed[-1] - 1
        assert shown(page)["found"].startswith("This line makes _buffer b'")
        before = shown(page)["number"]
        table.get_by_label("last change of _buffer").click()
        assert shown(page)["number"] < before
        table.get_by_label("next change of _buffer").click()
        assert shown(page)["number"] == before

    def test_a_line_leads_to_where_it_runs(self, page, film):
        jump(page, len(film["kinds"]) // 2)
        row = page.locator(".code tr.lit button").first
        row.click()
        seen = shown(page)
        assert film["kinds"][seen["number"]] == "l"

    def test_notes_can_be_put_away(self, page):
        jump(page, 30)
        notes = page.locator(".code .note")
        page.get_by_label("notes").uncheck()
        assert not any(note.is_visible() for note in notes.all())


class TestAnAddress:
    def test_opens_its_step(self, browser, address):
        with opened(browser, f"{address}#step-12") as page:
            assert shown(page)["number"] == 12

    def test_goes_along_and_can_be_changed(self, page):
        jump(page, 9)
        assert page.url.endswith("#step-9")
        page.evaluate("location.hash = '#step-4'")
        page.wait_for_function(
            "document.querySelector('[data-player]').shadowRoot.querySelector('.said').textContent.startsWith('4: ')"
        )

    @pytest.mark.parametrize("part", ["#step-", "#step-x", "#nowhere", "#step-1e3"])
    def test_one_that_names_no_step_begins_at_the_first(self, browser, address, part):
        with opened(browser, address + part) as page:
            assert shown(page)["number"] == 0


def test_without_scripts_a_sentence_stands_there(browser, web_site):
    with opened(browser, f"{web_site}99_players.html", java_script_enabled=False) as page:
        assert page.get_by_text(re.compile("This plays where scripts run")).first.is_visible()


def test_two_players_on_a_page_are_two(browser, web_site):
    with opened(browser, f"{web_site}99_players.html") as page:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        one, other = (page.locator("[data-player]").nth(number) for number in range(2))
        other.get_by_role("button", name="step", exact=True).click()
        assert [each.evaluate(SHOWN)["number"] for each in (one, other)] == [0, 31]


@pytest.mark.parametrize("width", [400, 900, 1400])
def test_what_is_pressed_is_large_enough_for_a_finger_and_nothing_is_wider_than_the_screen(browser, address, width):
    with opened(browser, address, width=width, has_touch=True, is_mobile=True) as page:
        jump(page, 60)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert page.locator("[data-player]").evaluate(SMALL) == []


def test_what_stands_below_stays_where_it_is(page, film):
    """The player is as tall at each step."""
    tall = set()
    for step in range(0, len(film["kinds"]), 40):
        jump(page, step)
        tall.add(round(page.locator("[data-player]").bounding_box()["height"]))
    assert len(tall) == 1


def test_the_run_is_painted_anew_when_the_page_has_another_theme(page, film):
    painted = """() => {
      const canvas = document.querySelector("[data-player]").shadowRoot.querySelector("canvas");
      return canvas.toDataURL();
    }"""
    light = page.evaluate(painted)
    page.evaluate("document.body.style.color = 'rgb(0, 200, 0)'")
    page.wait_for_function(f"(light) => ({painted})() !== light", arg=light)
