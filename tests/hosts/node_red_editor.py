"""Node-RED's editor in a browser, in the words of a person who uses it."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, ViewportSize

SIZE: ViewportSize = {"width": 1360, "height": 800}


def _search_of(url: str) -> str:
    return parse_qs(urlsplit(url).query, keep_blank_values=True)["search"][0]


class Editor:
    """One open editor."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def registered(self, kinds: list[str]) -> dict[str, dict[str, str]]:
        """What the editor knows of node types, by type."""
        known = self.page.evaluate(
            """(kinds) => Object.fromEntries(kinds.map((kind) => {
                const def = RED.nodes.getType(kind);
                const help = $("<div>").html(RED.nodes.getNodeHelp(kind)).children("p").first().text();
                return [kind, {category: def.category, label: def.paletteLabel, icon: def.icon, first_paragraph: help}];
            }))""",
            kinds,
        )
        return dict(known)

    def reopened(self, node_id: str) -> object:
        """Open a node's dialog, keep it as it is, and give what the node then holds."""
        self.page.evaluate("(id) => { $.fx.off = true; RED.editor.edit(RED.nodes.node(id)); }", node_id)
        button = self.page.locator("#node-dialog-ok")
        button.wait_for()
        self.page.wait_for_function("() => $('#im-cloud-fields').children().length > 0")
        button.evaluate("(button) => button.click()")
        button.wait_for(state="detached")
        return self.page.evaluate("(id) => RED.nodes.node(id).given", node_id)

    def palette(self, kind: str) -> Locator:
        return self.page.locator(f'.red-ui-palette-node[data-palette-type="{kind}"]')

    def drag(self, kind: str, x: int, y: int) -> str:
        """Drag a node from the palette to a place on the canvas; gives its id."""
        before = {node["id"] for node in self._nodes()}
        entry = self.palette(kind)
        entry.scroll_into_view_if_needed()
        box, canvas = entry.bounding_box(), self.page.locator("#red-ui-workspace-chart").bounding_box()
        assert box is not None
        assert canvas is not None
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.down()
        mouse.move(canvas["x"] + x, canvas["y"] + y, steps=8)
        mouse.up()
        self.page.wait_for_function("count => RED.nodes.createCompleteNodeSet().length > count", arg=len(before))
        return next(str(node["id"]) for node in self._nodes() if node["id"] not in before and node["type"] == kind)

    def wire(self, source: str, target: str) -> None:
        """Draw a wire from one node's output to another's input."""
        start = self.node(source).locator(".red-ui-flow-port-output .red-ui-flow-port").bounding_box()
        end = self.node(target).locator(".red-ui-flow-port-input .red-ui-flow-port").bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + 5, start["y"] + 5)
        mouse.down()
        mouse.move(end["x"] + 5, end["y"] + 5, steps=8)
        mouse.up()

    def node(self, node_id: str) -> Locator:
        return self.page.locator(f'[id="{node_id}"].red-ui-flow-node')

    def status(self, node_id: str) -> Locator:
        return self.node(node_id).locator(".red-ui-flow-node-status-label")

    def show_group(self, title: str) -> None:
        """Scroll the palette until this group is at its top."""
        header = self.page.locator(".red-ui-palette-header", has_text=title)
        header.evaluate("(header) => header.scrollIntoView({block: 'start'})")

    def unfold_group(self, title: str) -> None:
        """Open a palette group that was folded away."""
        self.page.locator(
            ".red-ui-palette-category.red-ui-palette-closed .red-ui-palette-header", has_text=title
        ).click()
        self._settled()

    def collapse_other_groups(self, ours: str) -> None:
        """Fold away every palette group whose title does not begin like ours."""
        self.page.evaluate(
            """(ours) => $(".red-ui-palette-category.red-ui-palette-open:visible .red-ui-palette-header").each(
                (_, header) => $(header).text().trim().startsWith(ours) || $(header).trigger("click"))""",
            ours,
        )
        self._settled()

    def open(self, node_id: str) -> None:
        # Node-RED listens on the rectangle, and counts the clicks itself.
        self.node(node_id).locator("rect.red-ui-flow-node").dblclick()
        self.page.locator("#node-dialog-ok").wait_for()
        self._settled()

    def new_configuration(self) -> None:
        self.page.locator("#node-input-btn-configuration-add").click()
        self._configuration_opened()

    def edit_configuration(self) -> None:
        self.page.locator("#node-input-btn-configuration-edit").click()
        self._configuration_opened()

    def fill_configuration(self, values: Mapping[str, str]) -> None:
        """Fill fields by their keys; secrets are Node-RED's own inputs."""
        for key, value in values.items():
            field = self.page.locator(f"#im-cloud-form-{key}")
            select = field.locator("select")
            if select.count() and select.locator(f'option[value="{value}"]').count():
                select.select_option(value)
                continue
            if select.count():
                select.select_option(label="another …")
            field.locator("input").first.fill(value)

    def test_configuration(self) -> Locator:
        """Press Test and wait for its end; gives the shown steps."""
        button = self.page.locator("#im-cloud-test")
        button.click()
        self.page.wait_for_function("() => !document.querySelector('#im-cloud-test').disabled")
        button.scroll_into_view_if_needed()
        return self.page.locator("#im-cloud-steps li")

    def marked_fields(self) -> set[str]:
        marked = self.page.locator('#im-cloud-configuration .im-cloud-field:has([aria-invalid="true"])')
        names = marked.evaluate_all("cells => cells.map((cell) => cell.id.replace('im-cloud-form-', ''))")
        return set(names)

    def keep_configuration(self) -> None:
        self.page.locator("#node-config-dialog-ok").click()
        self.page.locator("#node-config-dialog-ok").wait_for(state="detached")
        self._settled()

    def keep_node(self) -> None:
        self.page.locator("#node-dialog-ok").click()
        self.page.locator("#node-dialog-ok").wait_for(state="detached")
        self._settled()

    def deploy(self) -> None:
        with self.page.expect_response(lambda answer: answer.url.endswith("/flows")):
            self.page.locator("#red-ui-header-button-deploy").click()
        self.page.wait_for_function("() => !RED.nodes.dirty()")

    def inject(self, node_id: str) -> None:
        self.node(node_id).locator(".red-ui-flow-node-button-button").click()

    def unfold_debug(self, rows: int) -> None:
        """Unfold the list in the first message, and its first rows."""
        message = self.debug_messages().first
        message.locator(".red-ui-debug-msg-expandable").first.click()
        message.get_by_text("[0 … 9]").click()
        for row in range(rows):
            message.locator(".red-ui-debug-msg-object-key", has_text=re.compile(rf"^{row}$")).click()

    def pose(self) -> None:
        """Wait until the notices at the top are gone, scroll the canvas to its corner, select nothing."""
        self.page.evaluate("() => { $('#red-ui-workspace-chart').scrollLeft(0).scrollTop(0); RED.view.select({}); }")
        self.page.mouse.move(SIZE["width"] / 2, SIZE["height"] * 0.7)
        self.page.wait_for_function("() => $('.red-ui-notification:visible').length === 0")
        self._settled()

    def debug_messages(self) -> Locator:
        return self.page.locator("#red-ui-sidebar-content .red-ui-debug-msg")

    def show_debug(self) -> None:
        self.page.evaluate("() => RED.sidebar.show('debug')")

    def choose_from_vendor(self, name: str, search: str, look: Callable[[], None]) -> str:
        """Open the list of an input, search it, take the first entry; gives what the dialog then says was chosen.

        Args:
            name: The input.
            search: What is typed into the list's search.
            look: Called while the whole list is open.
        """
        field = self.page.locator(f'.im-cloud-field[data-input="{name}"]')
        field.locator(".red-ui-typedInput-option-expand").click()
        listed = self.page.locator(".im-cloud-list")
        listed.locator("li").first.wait_for()
        look()
        listed.locator("input").fill(search)
        listed.locator("li.im-cloud-near").first.wait_for()
        listed.locator("li").first.click()
        return field.locator(".im-cloud-chosen").inner_text()

    def searches(self, name: str, *texts: str) -> list[str]:
        """Open the list of an input, whose answers are held back, and type searches; gives those that were given up."""
        given_up: list[str] = []
        self.page.route("**/options/**", lambda _: None)
        self.page.on("requestfailed", lambda request: given_up.append(_search_of(request.url)))
        self.page.locator(f'.im-cloud-field[data-input="{name}"] .red-ui-typedInput-option-expand').click()
        for text in texts:
            with self.page.expect_request(re.compile(rf"search={text}$")):
                self.page.locator(".im-cloud-list input").fill(text)
        self.page.wait_for_timeout(200)
        return given_up

    def _configuration_opened(self) -> None:
        self.page.locator("#node-config-dialog-ok").wait_for()
        self._settled()

    def _settled(self) -> None:
        # A tray slides; clicks on what still moves miss.
        self.page.wait_for_function("() => $(':animated').length === 0")
        self.page.wait_for_timeout(350)

    def _nodes(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("() => RED.nodes.createCompleteNodeSet().map(({id, type}) => ({id, type}))"))
