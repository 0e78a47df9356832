"""The player, as a reader in a browser meets it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, draw, scope
from tests.drawing.awkward import picture
from tests.drawing.test_draw import leaves, named

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: pip install '.[dev]'")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH")]

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a diagram's page; at the end, nothing was asked of any other address, and nothing went wrong."""
    contexts, wrong, asked = [], [], []

    def open_page(diagram: Any, width: int = 1280, height: int = 800, **settings: Any) -> Any:
        address = diagram.save(tmp_path / "graph.html").as_uri()
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        context.set_default_timeout(5000)
        context.on("request", lambda request: asked.append(request.url) if request.url != address else None)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith("data:")] == []


def loss() -> Value:
    """a is used three times: L = a*b*a + a, so ∂L/∂a = 2ab + 1 = -11 and ∂L/∂b = a² = 4."""
    a, b = leaves(a=2.0, b=-3.0)
    c = named("c", a * b)
    return named("L", c * a + a)


@scope("square")
def square(x: Value) -> Value:
    return x * x


@scope("both")
def both(x: Value, y: Value) -> Value:
    return square(x) + square(y)


def grouped() -> tuple[Value, Value, Value]:
    """A block with two groups inside: L = (x² + y²)·x, so ∂L/∂x = 3x² + y² = 21 and ∂L/∂y = 2xy = 12."""
    x, y = leaves(x=2.0, y=3.0)
    return x, y, named("L", both(x, y) * x)


def shown(page: Any, name: str) -> str:
    """The gradient on the node of a name."""
    return page.locator(f'.node:has(text:text-is("{name}")) text.grad:not(.word)').first.text_content()


def formula(page: Any) -> str:
    return page.locator("#formula").inner_text()


def phase(page: Any) -> str:
    return page.locator("#caption p").first.inner_text()


def is_in_sight(page: Any, selector: str) -> bool:
    box, stage = page.locator(selector).bounding_box(), page.locator("#stage").bounding_box()
    return all(
        stage[axis] <= box[axis] and box[axis] + box[side] <= stage[axis] + stage[side]
        for axis, side in (("x", "width"), ("y", "height"))
    )


def test_at_the_end_every_value_shows_the_gradient_of_backward(opened: Open) -> None:
    a, b, c = leaves(a=2.0, b=-3.0, c=10.0)
    e = named("e", a * b)
    d = named("d", e + c)
    result = named("L", d * d - a / c)
    page = opened(result.draw())  # drawn before backward
    page.click("#last")
    result.backward()
    values = {"a": a, "b": b, "c": c, "d": d, "e": e, "L": result}
    assert {name: float(shown(page, name)) for name in values} == {name: x.grad for name, x in values.items()}


def test_each_step_shows_its_formula_with_numbers(opened: Open) -> None:
    page = opened(loss().draw())
    seen = []
    for _ in range(11):
        seen.append(formula(page))
        page.keyboard.press("ArrowRight")
    assert seen == [
        "a = 2, b = -3",
        "c = a * b = 2 * -3 = -6",
        "v1 = c * a = -6 * 2 = -12",
        "L = v1 + a = -12 + 2 = -10",
        "∂L/∂L = 1",
        "∂L/∂v1 += ∂L/∂L · ∂L/∂v1 = 1 · 1 = 1",
        "∂L/∂a += ∂L/∂L · ∂L/∂a = 1 · 1 = 1",
        "∂L/∂c += ∂L/∂v1 · ∂v1/∂c = 1 · 2 = 2",
        "∂L/∂a += ∂L/∂v1 · ∂v1/∂a = 1 · -6 = -6",
        "∂L/∂a += ∂L/∂c · ∂c/∂a = 2 · -3 = -6",
        "∂L/∂b += ∂L/∂c · ∂c/∂b = 2 · 2 = 4",
    ]


def test_a_sum_that_is_not_complete_says_so_on_the_node(opened: Open) -> None:
    page = opened(loss().draw())
    seen = []
    for _ in range(11):
        page.keyboard.press("ArrowRight")
        if not seen or seen[-1] != shown(page, "a"):
            seen.append(shown(page, "a"))
    assert seen == ["–", "1 + …", "-5 + …", "-11"]


def test_numbers_appear_when_they_are_computed_and_what_is_not_reached_is_dim(opened: Open) -> None:
    page = opened(loss().draw())
    result = page.locator(".node", has_text="L").last
    number = result.locator("text.data:not(.word)")
    assert not number.is_visible()
    assert "dim" in result.get_attribute("class")
    for _ in range(3):
        page.click("#next")
    assert number.is_visible()
    assert "active" in result.get_attribute("class")
    assert page.locator(".edge.active").count() == 3  # two operands and the result


def test_play_goes_on_by_itself_until_pause(opened: Open) -> None:
    page = opened(loss().draw())
    page.select_option("#speed", "16")
    page.keyboard.press(" ")
    sync_api.expect(page.locator("#count")).to_contain_text("3 of")
    page.keyboard.press(" ")
    place = page.input_value("#scrub")
    page.wait_for_timeout(300)
    assert page.input_value("#scrub") == place
    page.click("#play")
    sync_api.expect(page.locator("#play")).to_contain_text("Play")  # it stops at the end
    assert phase(page) == "Backward 7 of 7"


def test_scrubbing_back_takes_gradients_and_numbers_away(opened: Open) -> None:
    page = opened(loss().draw())
    page.keyboard.press("End")
    assert shown(page, "a") == "-11"
    page.locator("#scrub").fill("1")
    assert (phase(page), shown(page, "a")) == ("Forward 2 of 4", "–")
    assert page.locator(".node.unknown").count() == 4  # two operations and their results


def test_search_goes_from_match_to_match(opened: Open) -> None:
    x = Value(1.0, name="start")
    for count in range(30):
        x = named(f"link {count}", x + 1)
    page = opened(x.draw())
    page.keyboard.press("/")
    page.keyboard.type("LINK 2")
    assert page.locator("#found").inner_text() == "1 of 11"  # 2, and 20 to 29
    assert page.locator(".node.match").count() == 11
    assert is_in_sight(page, ".node.found")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator("#found").inner_text() == "3 of 11"
    assert "link 21" in page.locator(".node.found").text_content()
    assert is_in_sight(page, ".node.found")
    page.keyboard.press("Escape")
    assert page.locator(".node.match").count() == 0


def test_a_click_opens_the_ledger_of_a_node(opened: Open) -> None:
    result = loss()
    result.backward()
    result.backward()
    page = opened(result.draw())
    page.locator(".node", has_text="a").first.click()
    rows = [row.inner_text().split("\t") for row in page.locator("#panel tbody tr").all()]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["c", "∂c/∂a = b = -3", "2", "-6"],
        ["v1", "∂v1/∂a = c = -6", "1", "-6"],
        ["L", "∂L/∂a = 1", "1", "1"],
    ]
    assert page.locator("#sum").inner_text() == "-11"
    assert "a.grad is -22 (2 passes)" in page.locator(".note").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#panel").is_visible()


def test_a_frame_folds_and_opens_again(opened: Open) -> None:
    page = opened(grouped()[2].draw())
    frames = page.locator(".cluster")
    assert frames.count() == 3
    page.locator(".cluster > text", has_text="square").first.click()
    assert (frames.count(), page.locator('.node:has-text("▸ square")').count()) == (2, 1)
    page.locator(".cluster > text", has_text="both").click()
    assert (frames.count(), page.locator('.node:has-text("▸ both")').count()) == (0, 1)
    page.locator('.node:has-text("▸ both")').click()
    assert (frames.count(), page.locator('.node:has-text("▸ square")').count()) == (2, 1)  # inside it is as it was
    page.click("#fold")
    assert frames.count() == 3
    page.click("#fold")
    page.locator('.node:has-text("▸ both")').click()
    assert frames.count() == 1  # one level is opened at a time


def test_what_is_inside_a_folded_group_happens_in_one_step_and_gradients_stay_the_same(opened: Open) -> None:
    x, y, result = grouped()
    result.backward()
    page = opened(result.draw())
    page.keyboard.press("f")
    seen = []
    for _ in range(3):
        seen.append(formula(page))
        page.keyboard.press("ArrowRight")
    assert seen[1] == "Through both"
    page.keyboard.press("End")
    assert formula(page) == "Back through both"
    assert page.locator("#notes").inner_text().split("\n")[:2] == ["6 steps inside.", "∂L/∂y = 12, ∂L/∂x = 21"]
    assert [float(shown(page, name)) for name in ("x", "y")] == [x.grad, y.grad] == [21.0, 12.0]


def test_everything_can_be_done_with_the_keyboard(opened: Open) -> None:
    page = opened(grouped()[2].draw())
    page.keyboard.press("End")
    assert phase(page).startswith("Backward")
    page.keyboard.press("Home")
    assert phase(page).startswith("Forward 1 ")
    scale = page.locator("#stage > svg").bounding_box()["width"]
    page.keyboard.press("+")
    assert page.locator("#stage > svg").bounding_box()["width"] > scale
    page.keyboard.press("0")
    assert page.locator("#stage > svg").bounding_box()["width"] == pytest.approx(scale)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('node')"):
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "x, a leaf: given, not computed, 2"
    page.keyboard.press("Enter")
    assert page.locator("#panel h2").inner_text() == "x"
    page.keyboard.press("?")
    assert "play, pause" in page.locator("#panel").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.locator(".cluster").count() < 3


def test_a_screen_reader_hears_the_step(opened: Open) -> None:
    page = opened(loss().draw())
    page.click("#next")
    spoken = page.locator("[aria-live=polite]")
    assert spoken.text_content().startswith("Forward 2 of 4: c = a * b = 2 * -3 = -6.")
    nameless = "[...document.querySelectorAll('button, .node, input, select')].filter("
    nameless += "(x) => !(x.getAttribute('aria-label') || x.textContent.trim())).length"
    assert page.evaluate(nameless) == 0


def test_the_page_may_fetch_nothing_and_run_no_other_script(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(loss().draw().save(tmp_path / "graph.html").as_uri())
    assert page.evaluate("fetch('data:,x').then(() => 'fetched', () => 'refused')") == "refused"
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    page.close()


def test_dragging_moves_and_the_wheel_zooms(opened: Open) -> None:
    page = opened(loss().draw())
    picture = page.locator("#stage > svg")
    before = picture.bounding_box()
    page.mouse.move(640, 120)
    page.mouse.down()
    page.mouse.move(700, 160, steps=4)
    page.mouse.up()
    moved = picture.bounding_box()
    assert moved["x"] - before["x"] == pytest.approx(60, abs=16)  # the first few pixels tell a drag from a click
    page.mouse.wheel(0, -300)
    page.evaluate("new Promise(requestAnimationFrame)")
    assert picture.bounding_box()["width"] > moved["width"]
    page.click("#fit")
    assert picture.bounding_box()["x"] == pytest.approx(before["x"], abs=1)


def test_two_fingers_zoom(opened: Open) -> None:
    page = opened(loss().draw(), 390, 844, has_touch=True)
    before = page.locator("#stage > svg").bounding_box()["width"]
    session = page.context.new_cdp_session(page)
    for kind, half in (("touchStart", 50), ("touchMove", 75), ("touchMove", 100)):
        fingers = [{"x": 195 + side * half, "y": 300, "id": side + 1} for side in (-1, 1)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.locator("#stage > svg").bounding_box()["width"] == pytest.approx(2 * before, rel=0.02)


def test_any_name_is_shown_as_it_is(opened: Open) -> None:
    diagram = picture()
    page = opened(diagram)
    page.click("#fold")  # opens all
    for node in diagram.nodes:
        if node.kind == "leaf":
            page.locator(f"#{node.id}").press("Enter")
            assert page.locator("#panel h2").text_content() == node.name
            assert page.locator(f"#{node.id}").get_attribute("aria-label").startswith(node.name)
    page.keyboard.press("End")
    assert shown(page, "start") == next(node.grad for node in diagram.nodes if node.name == "start")


@pytest.mark.parametrize(
    ("theme", "scheme", "dark"),
    [("auto", "dark", True), ("auto", "light", False), ("light", "dark", False), ("dark", "light", True)],
)
def test_the_colours_follow_the_reader_unless_they_are_chosen(
    opened: Open, theme: Any, scheme: str, dark: bool
) -> None:
    page = opened(loss().draw(theme=theme), color_scheme=scheme)
    paint = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paint) == ("rgb(22, 24, 29)" if dark else "rgb(255, 255, 255)")
    node = "getComputedStyle(document.querySelector('#value1 path')).fill"
    assert page.evaluate(node) == ("rgb(16, 48, 74)" if dark else "rgb(225, 239, 250)")


def test_a_graph_of_tensors_shows_shapes_and_what_grad_holds(opened: Open) -> None:
    w = Tensor(np.array([[1.0, -2.0], [0.5, 3.0]]), name="W")
    result = named("l", (w @ w).sum())
    result.backward()
    page = opened(draw(result))
    assert page.locator("#value1 image").get_attribute("href").startswith("data:image/png")
    page.keyboard.press("End")
    assert formula(page) == "∂l/∂W += ∂l/∂v1 · ∂v1/∂W"
    assert shown(page, "W") == f"norm {np.linalg.norm(w.grad):.4g}"


def test_a_compiled_program_plays_its_steps(opened: Open) -> None:
    w = Value(2.0, name="w")
    program = autograd.compile(lambda x: (w * x) ** 2)
    program([1.0, 2.0])
    page = opened(program.plan.draw())
    page.keyboard.press("ArrowRight")
    assert formula(page) == "v1 = w*x"
    page.keyboard.press("End")
    assert phase(page) == "Forward 4 of 4"


def test_a_phone_shows_everything_in_its_width(opened: Open) -> None:
    page = opened(grouped()[2].draw(), 390, 844, has_touch=True)
    page.locator(".node").first.tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("#panel").bounding_box()["width"] == 390
    assert page.locator("#stage").bounding_box()["height"] > 150


def test_a_reader_who_wants_no_motion_gets_none(opened: Open) -> None:
    page = opened(loss().draw(), reduced_motion="reduce")
    page.click("#next")
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_graph_of_300_values_is_a_small_file_that_plays(opened: Open, tmp_path: Path) -> None:
    values = [Value(0.5, name="x")]
    for count in range(299):
        values.append(values[-1] * values[-min(count + 1, 5)] + 0.1 if count % 2 else autograd.tanh(values[-1]))
    page = opened(values[-1].draw(fold=False, max_nodes=1000))
    assert (tmp_path / "graph.html").stat().st_size < 3e6
    page.keyboard.press("End")
    values[-1].backward()
    assert float(shown(page, "x")) == pytest.approx(values[0].grad, rel=1e-3)


def test_a_picture_too_wide_for_the_page_opens_where_the_calculation_starts(opened: Open) -> None:
    @scope("first")
    def first(x: Value) -> Value:
        return x * Value(2.0, name="inside")

    y = first(Value(1.0))
    for _ in range(12):
        y = autograd.tanh(y) / 3.0
    page = opened(y.draw(), width=700)
    box = page.locator("#value1, #group1").first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < 700
