"""Home Assistant without a face: its core and its MQTT lights, run by a Python of its own.

`hass.py FOLDER BROKER-PORT WEB-PORT` reads a service call a line, as JSON, and writes each new
state of an entity as a line. FOLDER has the configuration.yaml.
"""

import asyncio
import json
import logging
import sys
from typing import Any

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component

SHOWN = ("brightness", "color_temp", "rgb_color", "color_mode")


async def main(folder: str, broker: int, web: int) -> None:
    """Start it, and do what is asked until there is nothing more."""
    hass = HomeAssistant(folder)
    loader.async_setup(hass)
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth_manager_from_config(hass, [], [])
    hass.bus.async_listen("state_changed", tell)
    config = {"http": {"server_host": "127.0.0.1", "server_port": web}}
    for domain in ("homeassistant", "http", "light"):
        assert await async_setup_component(hass, domain, config), domain
    await add_mqtt(hass, broker)
    await hass.async_start()
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        await hass.services.async_call("light", asked.pop("service"), asked, blocking=True)
    await hass.async_stop()


async def add_mqtt(hass: HomeAssistant, port: int) -> None:
    """Add the integration as a person would, through its forms."""
    flow = hass.config_entries.flow
    form = await flow.async_init("mqtt", context={"source": "user"})
    answer = {"broker": "127.0.0.1", "port": port}
    done: dict[str, Any] = await flow.async_configure(form["flow_id"], answer)
    assert done["type"] == "create_entry", done
    await hass.async_block_till_done()


async def tell(event: Event) -> None:
    """Write an entity's new state."""
    state = event.data["new_state"]
    shown = {name: state.attributes.get(name) for name in SHOWN} if state else {}
    print(
        json.dumps(
            {"entity": event.data["entity_id"], "state": str(state and state.state)} | shown
        ),
        flush=True,
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
