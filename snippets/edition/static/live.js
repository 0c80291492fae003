// The page Live: a lane a connection, the callbacks on it, as the server tells of them.

import { make } from "./player.js";

const MOST_LANES = 12;
const MOST_ROWS = 20; // on a lane
// What comes by itself begins a row; what it causes stands behind it.
const BEGINS = new Set(["connectionMade", "dataReceived", "timeoutConnection", "connectionLost"]);

class Live {
  constructor(el) {
    this.lanes = new Map();
    this.paused = false;
    this.state = make("p", { role: "status" }, "Connecting ...");
    this.list = make("ol", { class: "lanes", "aria-label": "connections, the newest first" });
    const pause = make("button", { type: "button", onclick: () => {
      this.paused = !this.paused;
      pause.textContent = this.paused ? "Go on" : "Hold";
      if (!this.paused && this.behind) this.listen();
    } }, "Hold");
    const clear = make("button", { type: "button", onclick: () => this.clear() }, "Clear");
    el.replaceChildren(make("div", { class: "bar" }, pause, clear), this.state, this.list);
    this.listen();
  }

  /** Begin to watch: the server first tells the last of what has happened. */
  listen() {
    this.source?.close();
    const source = this.source = new EventSource("live/events");
    source.onopen = () => {
      this.behind = this.paused; // what is held stays, and what is told now is for later
      if (!this.paused) this.clear();
      this.state.textContent = "Watching. Nothing that this page causes is shown.";
    };
    source.onerror = () => {
      this.state.textContent = source.readyState === EventSource.CLOSED
        ? "The server can't be watched: it needs python -m snippets serve, or too many are watching already." : "The connection is lost; trying again ...";
    };
    source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      if (event.missed) this.state.textContent = `${event.missed} events came too fast for this page, and were left out.`;
      else if (!this.paused) this.show(event);
    };
  }

  clear() {
    this.lanes.clear();
    this.list.replaceChildren();
  }

  show({ at, connection, what, ...more }) {
    if (!this.lanes.has(connection)) {
      const events = make("ol", { class: "events" });
      const lane = make("li", { class: "lane" }, make("b", {}, `connection ${connection}`), events);
      this.lanes.set(connection, { lane, events });
      this.list.prepend(lane);
      if (this.lanes.size > MOST_LANES) {
        const [oldest, { lane: gone }] = this.lanes.entries().next().value;
        this.lanes.delete(oldest);
        gone.remove();
      }
    }
    const { lane, events } = this.lanes.get(connection);
    const said = Object.entries(more).map(([name, value]) => `${name} ${value}`).join(", ");
    if (BEGINS.has(what) || !events.lastChild) events.append(make("li", {}, make("time", {}, `${at.toFixed(3)} s`)));
    events.lastChild.append(make("span", { class: what, title: `${at.toFixed(4)} s` }, `${what}${said ? `: ${said}` : ""}`));
    while (events.children.length > MOST_ROWS) events.firstChild.remove();
    if (what === "connectionLost") lane.classList.add("ended");
  }
}

new Live(document.getElementById("watched"));
