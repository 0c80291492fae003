// The page X-ray: a request to edit, cut marks to set, pauses and hang-ups; the server plays it, the player shows it.

import { make, render } from "./player.js";

const ESCAPES = { "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/** Bytes, one character each, as text to edit: a line end is CRLF, the rest that can't be typed is escaped. */
export const written = (bytes) => bytes.split("\r\n").map((line) => [...line].map((each) => {
  const code = each.charCodeAt(0);
  return ESCAPES[each] ?? (code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, "0")}` : each);
}).join("")).join("\n");

/** The bytes that a text stands for; throws what is wrong with it. */
export const read = (text) => {
  const utf8 = (piece) => Array.from(new TextEncoder().encode(piece), (byte) => String.fromCharCode(byte)).join("");
  const escapes = /\\(?:x([0-9a-fA-F]{2})|([rnt\\0]))|\\|\n|[^\\\n]+/g;
  return [...text.replaceAll("\r\n", "\n").matchAll(escapes)].map(([whole, code, named]) => {
    if (code) return String.fromCharCode(parseInt(code, 16));
    if (named) return { r: "\r", n: "\n", t: "\t", "\\": "\\", 0: "\0" }[named];
    if (whole === "\\") throw new Error("A backslash begins \\r, \\n, \\t, \\0, \\x and two digits, or \\\\.");
    return whole === "\n" ? "\r\n" : utf8(whole);
  }).join("");
};

const shown = (character) => (character === " " ? "\u00b7" : written(character));

/** What the client sends in one go, with its cut marks. */
class Sent {
  constructor(pieces, changed) {
    this.cuts = new Set();
    pieces.slice(0, -1).reduce((end, piece) => (this.cuts.add(end + piece.length), end + piece.length), 0);
    this.text = make("textarea", { rows: 4, spellcheck: "false", "aria-label": "what the client sends",
      oninput: () => this.draw() });
    this.text.value = written(pieces.join(""));
    this.strip = make("div", { class: "strip", "aria-label": "bytes; click between two to cut" });
    this.size = make("input", { type: "number", min: 1, value: 10, required: true, "aria-label": "bytes in a piece" });
    const cut = (marks) => { this.cuts = new Set(marks); this.draw(); };
    const every = () => { if (this.size.reportValidity()) cut(this.marks(this.size.valueAsNumber)); };
    this.element = make("div", {}, this.text, this.strip, make("div", { class: "bar" },
      make("button", { type: "button", onclick: every }, "cut every"), this.size, "bytes",
      make("button", { type: "button", onclick: () => cut([]) }, "no cuts"),
      make("button", { type: "button", onclick: () => { this.gone = true; changed(); } }, "remove")));
    this.draw();
  }

  marks(size) {
    const pieces = Math.ceil(this.bytes().length / size);
    return Array.from({ length: Math.max(0, pieces - 1) }, (_, index) => (index + 1) * size);
  }

  bytes() {
    try { return read(this.text.value); } catch { return ""; }
  }

  draw() {
    const bytes = this.bytes().slice(0, 2000);
    this.strip.replaceChildren(...[...bytes].flatMap((each, index) => {
      const byte = make("span", { class: this.cuts.has(index) ? "cut" : "", title: `cut before byte ${index}`, onclick: () => {
        if (index) this.cuts.has(index) ? this.cuts.delete(index) : this.cuts.add(index);
        this.draw();
      } }, shown(each));
      return each === "\n" ? [byte, "\n"] : [byte];
    }));
  }

  acts() {
    const bytes = read(this.text.value);
    const ends = [...this.cuts].filter((cut) => cut > 0 && cut < bytes.length).sort((one, other) => one - other);
    return [...ends, bytes.length].map((end, index) => ["send", bytes.slice(ends[index - 1] ?? 0, end)]).filter(([, piece]) => piece);
  }
}

class Pause {
  constructor(seconds, changed) {
    this.seconds = make("input", { type: "number", min: 0, step: "any", value: seconds, "aria-label": "seconds that pass" });
    this.element = make("div", { class: "bar" }, make("label", {}, this.seconds, "seconds pass"),
      make("button", { type: "button", onclick: () => { this.gone = true; changed(); } }, "remove"));
  }

  acts() { return [["advance", Number(this.seconds.value)]]; }
}

class HangUp {
  constructor(reset, changed) {
    this.how = make("select", { "aria-label": "how the client hangs up" }, make("option", { value: "" }, "closes"), make("option", { value: "reset" }, "resets"));
    this.how.value = reset ? "reset" : "";
    this.element = make("div", { class: "bar" }, make("label", {}, "the client", this.how, "the connection"),
      make("button", { type: "button", onclick: () => { this.gone = true; changed(); } }, "remove"));
  }

  acts() { return [["disconnect", this.how.value === "reset"]]; }
}

const packed = (acts) => btoa(JSON.stringify(acts)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const VALUES = {
  send: (value) => typeof value === "string" && /^[\0-\xff]*$/.test(value), // a character is a byte
  advance: (value) => typeof value === "number",
  disconnect: (value) => typeof value === "boolean",
};
/** The acts in an address; throws if there are none. */
const unpacked = (text) => {
  const acts = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  if (!acts.every(([kind, value]) => VALUES[kind](value))) throw new Error("no acts");
  return acts;
};

class Xray {
  constructor(el, presets) {
    this.presets = presets;
    this.list = make("div", { class: "acts" });
    this.about = make("p", {});
    this.failed = make("p", { role: "alert", class: "failed" });
    this.stage = make("div", { class: "stage" });
    this.choice = make("select", { "aria-label": "begin with", onchange: () => this.preset(this.choice.value) },
      ...presets.map(({ name }) => make("option", { value: name }, name)));
    const add = (says, made) => make("button", { type: "button", onclick: () => { this.parts.push(made()); this.show(); } }, says);
    const changed = () => this.show();
    this.button = make("button", { type: "button", class: "play", onclick: () => this.play() }, "Play it");
    el.replaceChildren(make("div", { class: "bar" }, make("label", {}, "begin with", this.choice)), this.about, this.list,
      make("div", { class: "bar" }, add("+ send", () => new Sent(["GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], changed)),
        add("+ pause", () => new Pause(60, changed)), add("+ hang up", () => new HangUp(false, changed)), this.button),
      this.failed, this.stage);
    const asked = new URLSearchParams(location.search).get("play");
    if (asked) {
      try { this.fill(unpacked(asked)); this.play(location.hash); return; } catch { this.failed.textContent = "The address holds no play."; }
    }
    this.preset(presets[0].name);
  }

  preset(name) {
    const { about, acts } = this.presets.find((each) => each.name === name);
    this.about.textContent = about;
    this.fill(acts);
  }

  fill(acts) {
    const changed = () => this.show();
    this.parts = [];
    let pieces = [];
    const sent = () => { if (pieces.length) this.parts.push(new Sent(pieces, changed)); pieces = []; };
    for (const [kind, value] of acts) {
      if (kind === "send") { pieces.push(value); continue; }
      sent();
      this.parts.push(kind === "advance" ? new Pause(value, changed) : new HangUp(value, changed));
    }
    sent();
    this.show();
  }

  show() {
    this.parts = this.parts.filter((part) => !part.gone);
    this.list.replaceChildren(...this.parts.map((part) => part.element));
  }

  /** Have it played; the hash is that of an address which leads to a step of this play. */
  async play(hash = "") {
    this.failed.textContent = "";
    let acts;
    try { acts = this.parts.flatMap((part) => part.acts()); } catch (error) { this.failed.textContent = error.message; return; }
    this.button.disabled = true;
    let made;
    try {
      const answer = await fetch("play", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ acts }) });
      // What stands before the page that plays says in plain text what it refuses.
      const isJSON = answer.headers.get("Content-Type")?.startsWith("application/json");
      made = isJSON ? await answer.json() : { error: await answer.text() || `${answer.status} ${answer.statusText}` };
    } catch {
      made = { error: "The server did not answer: is it still running?" };
    }
    this.button.disabled = false;
    if (made.error) this.failed.textContent = made.error;
    else this.showFilm(made, packed(acts), hash);
  }

  showFilm(made, play, hash) {
    const fits = play.length < 4000;
    history.replaceState(null, "", fits ? `?play=${play}${hash}` : location.pathname);
    this.ended?.abort();
    this.ended = new AbortController();
    const el = make("div");
    this.stage.replaceChildren(el);
    render({ model: { get: (name) => ({ ...made, address: fits })[name] }, el, signal: this.ended.signal });
  }
}

const el = document.getElementById("xray");
fetch("presets").then((answer) => (answer.ok ? answer.json() : Promise.reject())).then((presets) => new Xray(el, presets), () => {});
