#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a screen reader finds in the console: waits for its window, walks it, and says what is wrong.

Prints a line for each interactive element without a name, then "elements N, nameless M, nodes K".
Exit status: 0 = all have names and the fleet's nodes are there, 1 = not, 2 = no console was found.
Usage: at_spi_client.py NODE_NAME_PART...   each part must stand in the name of some list item
"""
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

INTERACTIVE = {
    Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
    Atspi.Role.TEXT, Atspi.Role.COMBO_BOX, Atspi.Role.SPIN_BUTTON, Atspi.Role.SLIDER,
    Atspi.Role.TABLE, Atspi.Role.LIST, Atspi.Role.LIST_ITEM,
}
MOST_CHILDREN = 400  # a table tells its cells through another interface
PATIENCE_MS = 60_000
STEP_MS = 250


def console():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(i)
        if application and application.get_name().lower() == "signalbox":
            return application
    return None


def walk(element):
    yield element
    if element.get_role() in (Atspi.Role.TABLE, Atspi.Role.TREE_TABLE):
        return
    for i in range(min(element.get_child_count(), MOST_CHILDREN)):
        child = element.get_child_at_index(i)
        if child is not None:
            yield from walk(child)


def is_shown(element):
    states = element.get_state_set()
    return states.contains(Atspi.StateType.SHOWING)


def look(wanted):
    """Everything that is shown: (elements, nameless, names of list items)."""
    elements, nameless, items = 0, [], []
    application = console()
    if application is None:
        return 0, [], []
    for element in walk(application):
        if not is_shown(element):
            continue
        elements += 1
        role, name = element.get_role(), element.get_name()
        if role == Atspi.Role.LIST_ITEM:
            items.append(name)
        parent = element.get_parent()
        inside = parent is not None and parent.get_role() in (
            Atspi.Role.COMBO_BOX, Atspi.Role.SPIN_BUTTON)
        if role in INTERACTIVE and not name and not inside:
            nameless.append(f"{element.get_role_name()} in {parent.get_name() if parent else '?'}")
    return elements, nameless, items


def main():
    wanted = sys.argv[1:]
    loop = GLib.MainLoop()
    result = {"left": PATIENCE_MS}

    def step():
        result["seen"] = look(wanted)
        items = result["seen"][2]
        result["left"] -= STEP_MS
        found = all(any(part in item for item in items) for part in wanted)
        if (result["seen"][0] and found) or result["left"] <= 0:
            loop.quit()
            return False
        return True

    GLib.timeout_add(STEP_MS, step)
    loop.run()
    elements, nameless, items = result["seen"]
    for line in nameless:
        print("nameless:", line)
    print(f"elements {elements}, nameless {len(nameless)}, nodes {len(items)}")
    if elements == 0:
        return 2
    missing = [part for part in wanted if not any(part in item for item in items)]
    for part in missing:
        print("missing:", part)
    return 1 if nameless or missing else 0


if __name__ == "__main__":
    sys.exit(main())
