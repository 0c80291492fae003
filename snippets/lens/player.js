// Steps through a film of one request, forward and back: its bytes, its calls and values, its listings.
//
// A film and its texts are described in the README of snippets/lens. `render({ model, el })` shows one in `el`:
// model.get("film") and model.get("texts"), and, where they are there, model.get("step"), the step to begin at, and
// model.get("address"), true if the address of the page says which step is shown.

const summed = (differences) => {
  let sum = 0;
  return differences.map((each) => (sum += each));
};

/** The index of the last of some ascending numbers that is not more than `wanted`; -1 if there is none. */
const upTo = (numbers, wanted) => {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle] <= wanted) from = middle + 1;
    else to = middle;
  }
  return from - 1;
};

/** A film, unpacked: what is true at each of its steps, and where a change, a line or a byte is to be found. */
class Film {
  constructor(film, texts) {
    Object.assign(this, { ...film, texts });
    this.length = film.kinds.length;
    this.call = summed(film.call);
    this.outcome = new Map(summed(film.results.step).map((step, row) => [step, film.values[film.results.value[row]]]));
    this.changeSteps = summed(film.changes.step);
    this.changesOf = new Map();
    this.changeSteps.forEach((step, row) => {
      const key = this.keyOf(film.changes.holder[row], this.call[step]);
      if (!this.changesOf.has(key)) this.changesOf.set(key, []);
      this.changesOf.get(key).push(row);
    });
    this.frames = this.stacked();
    this.moves = {};
    for (const what of ["arrived", "consumed", "sent", "taken"]) {
      const column = film.bytes?.[what] ?? { step: [], count: [] };
      this.moves[what] = { step: summed(column.step), count: column.count };
    }
    this.runs = new Map(); // "listing line" -> the steps about to run it
    for (let step = 0; step < this.length; step++) {
      if (film.kinds[step] !== "l") continue;
      const key = `${this.listing(step)} ${film.line[step]}`;
      if (!this.runs.has(key)) this.runs.set(key, []);
      this.runs.get(key).push(step);
    }
  }

  keyOf(holder, call) {
    return holder ? `object ${holder - 1}` : `call ${call}`;
  }

  /** For each step the call it is in, with the calls around it, and those it makes. */
  stacked() {
    let top = null;
    return [...this.kinds].map((kind, step) => {
      if (kind === "c" || kind === "g") {
        top = { call: this.call[step], up: top, depth: (top?.depth ?? 0) + 1, began: step, made: [] };
        top.up?.made.push(top);
      }
      const here = top ?? { call: this.call[step], up: null, depth: 0, began: step, made: [] };
      if ("rxy".includes(kind)) top = top?.up ?? null;
      return here;
    });
  }

  functionOf(call) { return this.functions[this.calls[call]]; }
  listing(step) { return this.functionOf(this.call[step])[1]; }
  text(step) { return this.texts[this.listing(step)]; }
  short(call) { return this.functionOf(call)[0].split(":").pop(); }
  lane(call) { return this.texts[this.functionOf(call)[1]].lane; }

  /** Name -> value and the row of its last change, of a call's variables or an object's attributes, at a step. */
  state(key, step) {
    const found = new Map();
    for (const row of this.changesOf.get(key) ?? []) {
      if (this.changeSteps[row] > step) break;
      const [name, value] = [this.names[this.changes.name[row]], this.values[this.changes.value[row]]];
      if (value === "-") found.delete(name);
      else found.set(name, { value, row, fresh: this.changeSteps[row] === step });
    }
    return found;
  }

  /** The steps whose line changed a value, in their order. */
  changers(key, name) {
    const rows = (this.changesOf.get(key) ?? []).filter((row) => this.names[this.changes.name[row]] === name);
    return rows.map((row) => {
      let step = this.changeSteps[row] - 1;
      // A call in between belongs to the line that made it.
      while (step > 0 && key.startsWith("call") && this.call[step] !== this.call[this.changeSteps[row]]) step--;
      return Math.max(step, 0);
    });
  }

  hasChanges(step) {
    const row = upTo(this.changeSteps, step);
    return row >= 0 && this.changeSteps[row] === step && !"cg".includes(this.kinds[step]);
  }

  /** How many bytes have arrived, been consumed, been sent at a step. */
  count(what, step) {
    const row = upTo(this.moves[what].step, step);
    return row < 0 ? 0 : this.moves[what].count[row];
  }

  /** The step whose line took a byte; undefined if none did. */
  taker(byte) {
    const row = this.moves.taken.count.findIndex((count) => count > byte);
    return row < 0 ? undefined : this.moves.taken.step[row];
  }

  /** What happens at a step, in words. */
  says(step) {
    const [name, result, text] = [this.short(this.call[step]), this.outcome.get(step), this.text(step)];
    const line = text.missing ? "" : `, line ${text.first + this.line[step]}`;
    return {
      c: `${name} is called`,
      l: `${name}${line}`,
      r: `${name} returns ${result}`,
      x: `${result} leaves ${name}`,
      y: `${name} waits: it yields ${result}`,
      g: `${name} goes on${result ? `, with ${result} thrown in` : ""}`,
    }[this.kinds[step]];
  }

  /** The step that a movement leads to. */
  moved(how, step, by = "line") {
    const stops = (at) => by === "line" || (by === "call" ? this.kinds[at] !== "l" : this.hasChanges(at));
    const depth = this.frames[step].depth;
    const ways = {
      step: [1, stops],
      back: [-1, stops],
      over: [1, (at) => this.frames[at].depth <= depth],
      out: [1, (at) => this.frames[at].depth < depth],
    };
    if (how === "start") return 0;
    if (how === "end") return this.length - 1;
    const [way, fits] = ways[how];
    let at = step + way;
    while (at >= 0 && at < this.length && !fits(at)) at += way;
    return Math.min(Math.max(at, 0), this.length - 1);
  }
}

const LANES = {
  reactor: "#000000", transport: "#0072b2", channel: "#d55e00", request: "#cc79a7", site: "#009e73", resource: "#e69f00",
};

/** An element with its attributes and children; what begins with "on" is a listener. */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/** A byte as a reader knows it. */
const shown = (character) => {
  const code = character.charCodeAt(0);
  const named = { 9: "\\t", 10: "\\n", 13: "\\r", 32: "\u00b7" }[code];
  return named ?? (code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, "0")}` : character);
};

const TOKENS = /(#.*)|([rbf]*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))|\b(?:(and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|False|try|while|with|yield))\b/g;

/** A line of Python in its colours. */
const coloured = (line) => {
  const parts = [];
  let at = 0;
  for (const found of line.matchAll(TOKENS)) {
    parts.push(line.slice(at, found.index));
    parts.push(make("span", { class: found[1] ? "comment" : found[2] ? "string" : "keyword" }, found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, line.slice(at)];
};

const STYLE = `
:host { display: block; color: var(--jp-content-font-color0, inherit); container-type: inline-size;
  --faint: color-mix(in srgb, currentColor 9%, transparent); --rule: color-mix(in srgb, currentColor 30%, transparent);
  --lit: color-mix(in srgb, #e69f00 22%, transparent); --mono: var(--jp-code-font-family, ui-monospace, monospace); }
* { box-sizing: border-box; }
.player { border: 1px solid var(--rule); border-radius: 6px; font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif);
  padding: 8px; }
.player:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible, .pane:focus-visible
  { outline: 2px solid #0072b2; outline-offset: 1px; box-shadow: 0 0 0 1px #fff; }
.bar { align-items: center; display: flex; flex-wrap: wrap; gap: 4px 6px; }
button, input, select { background: var(--faint); border: 1px solid var(--rule); border-radius: 4px; color: inherit;
  font: inherit; min-height: 28px; padding: 1px 8px; }
option { color: #000; background: #fff; }
button { cursor: pointer; } button:hover { background: color-mix(in srgb, currentColor 18%, transparent); }
button:disabled { cursor: default; opacity: .5; }
input[type=number] { width: 6.5em; }
label { align-items: center; display: inline-flex; gap: 4px; min-height: 28px; }
.gap { flex: 1; }
.run { height: 56px; margin: 8px 0 2px; position: relative; }
.run canvas { height: 100%; position: absolute; width: 100%; }
.run input { appearance: none; background: none; border: 0; cursor: pointer; height: 100%; margin: 0; min-height: 0; padding: 0;
  position: absolute; width: 100%; }
.run input::-webkit-slider-thumb { appearance: none; background: currentColor; height: 56px; width: 3px; }
.run input::-moz-range-thumb { background: currentColor; border: 0; border-radius: 0; height: 56px; width: 3px; }
.said { font-weight: 600; min-height: 1.5em; overflow-wrap: anywhere; }
.found { min-height: 1.5em; }
/* Their heights are the same at each step: what stands below stays where it is. */
.panes { display: grid; gap: 8px 14px; grid-template-columns: minmax(0, 1fr); grid-template-rows: 20em 20em 30em; }
.pane { min-width: 0; overflow: auto; position: relative; }
.pane h3 { font-size: 13px; margin: 4px 0 2px; }
.bytes, pre, code, .name, .value, .call { font-family: var(--mono); font-size: 12.5px; }
.bytes { line-height: 1.55; overflow-wrap: anywhere; white-space: pre-wrap; }
.bytes span { cursor: pointer; padding: 1px 0; }
.bytes span:hover { outline: 1px solid currentColor; }
.later { opacity: .62; font-style: italic; }
.waiting { background: var(--lit); box-shadow: inset 0 -2px #e69f00; }
.done { text-decoration: underline 1px var(--rule); text-underline-offset: 3px; }
.bytes .now { outline: 2px solid currentColor; }
.cut { border-left: 3px solid currentColor; }
.key { font-size: 12px; margin: 2px 0 6px; }
.key span { margin-right: 1em; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: 0 6px 0 0; text-align: left; vertical-align: top; }
.names td { border-top: 1px solid var(--faint); }
.names .value { overflow-wrap: anywhere; width: 100%; }
.names button { min-height: 24px; min-width: 24px; padding: 0 5px; }
.names td:last-child { white-space: nowrap; }
.fresh td { background: var(--lit); }
.call { align-items: baseline; background: none; border: 0; display: flex; min-height: 24px; padding: 0 2px; text-align: left;
  width: 100%; overflow-wrap: anywhere; }
.call.here { background: var(--lit); font-weight: 700; }
.call i { border: 1px solid currentColor; flex: none; height: 9px; margin-right: 6px; width: 9px; }
.code { font-size: 12.5px; }
.code pre { margin: 0; padding-left: calc(var(--indent) + 8ch); text-indent: calc(var(--indent) * -1 - 8ch); white-space: pre-wrap; overflow-wrap: anywhere; }
.code .number { text-align: right; width: 1%; }
.code .number button { background: none; border: 0; font-family: var(--mono); font-size: 12px; min-height: 0; min-width: 24px;
  padding: 0 4px; text-decoration: underline dotted; }
.code .number span { font-family: var(--mono); font-size: 12px; opacity: .75; padding: 0 4px; }
.code .lit { background: var(--lit); }
.code .here { background: color-mix(in srgb, #e69f00 40%, transparent); box-shadow: inset 4px 0 currentColor; }
.code .folded, .comment { font-style: italic; opacity: .78; }
.code .here span { opacity: 1; }
.keyword { font-weight: 600; }
.note td:last-child { border-left: 2px solid var(--rule); font-size: 12.5px; padding: 0 0 4px 8px; }
.note p, .purpose p { margin: 0; }
a { color: inherit; }
.hidden .note { display: none; }
/* Under a finger each line is as tall as a finger needs. */
@media (pointer: coarse) { .code pre { line-height: 24px; } .code .number button { min-height: 24px; } }
@container (min-width: 720px) { .panes { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); grid-template-rows: 20em 30em; }
  .listing { grid-column: 2; grid-row: 1 / span 2; } }
@container (min-width: 1150px) { .panes { grid-template-columns: minmax(0, 3fr) minmax(0, 4fr) minmax(0, 6fr); grid-template-rows: 38em; }
  .listing { grid-column: 3; grid-row: 1; } }
/* On paper nothing can be pressed or scrolled: what is pressed is left out, and what scrolls is shown whole. */
@media print {
  .bar, .found, .run input, .names td:last-child { display: none; }
  .said::before { content: "Step "; }
  .panes { display: block; }
  .pane { overflow: visible; }
  .pane + .pane { margin-top: 12px; }
  .code .number button { text-decoration: none; }
  .here, .waiting, .lit, .call i { print-color-adjust: exact; }
}
`;

const BUTTONS = [
  ["start", "first", "to the first step (Home)"], ["back", "back", "back (left arrow)"],
  ["play", "play", "play or pause (space)"], ["step", "step", "on (right arrow)"],
  ["over", "over", "on, past the calls that this line makes (down arrow)"],
  ["out", "out", "on, until this call has ended (up arrow)"], ["end", "last", "to the last step (End)"],
];
const KEYS = {
  ArrowRight: "step", ArrowLeft: "back", ArrowDown: "over", ArrowUp: "out", Home: "start", End: "end", " ": "play",
};
const MOST_BYTES = 3000; // shown one by one; of more, those around what is consumed

/** What shows a film in an element. */
class Player {
  constructor(film, el, { step, address, signal }) {
    Object.assign(this, { film, el, address, at: -1, by: "line", timer: null, listed: null });
    this.root = el.attachShadow({ mode: "open" });
    el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's keys are its own, and these are ours
    this.build();
    el.addEventListener("keydown", (event) => this.key(event));
    const asked = address && /^#step-(\d+)$/.exec(location.hash);
    this.go(asked ? Number(asked[1]) : step ?? 0);
    if (address) addEventListener("hashchange", () => {
      const found = /^#step-(\d+)$/.exec(location.hash);
      if (found) this.go(Number(found[1]));
    }, { signal });
    signal?.addEventListener("abort", () => this.pause());
    new ResizeObserver(() => this.drawRun()).observe(this.run);
    // A canvas keeps the colours that it was painted in: a page says by an attribute that its theme is another.
    const themed = new MutationObserver(() => this.drawRun());
    for (const page of [document.documentElement, document.body]) themed.observe(page, { attributes: true });
    signal?.addEventListener("abort", () => themed.disconnect());
  }

  build() {
    const last = this.film.length - 1;
    const option = (value, text) => make("option", { value }, text);
    this.buttons = Object.fromEntries(BUTTONS.map(([how, sign, says]) => [how, make(
      "button", { type: "button", title: says, "data-key": how, onclick: () => this.act(how) }, sign)]));
    this.number = make("input", { type: "number", min: 0, max: last, "aria-label": "number of the step", "data-key": "number",
      onchange: () => this.go(Number(this.number.value)) });
    this.pace = make("select", { "aria-label": "steps a second" }, ...[2, 5, 20].map((each) => option(each, `${each} a second`)));
    this.pace.value = "5";
    this.mode = make("select", { "aria-label": "one step is", onchange: () => { this.by = this.mode.value; } },
      option("line", "by line"), option("call", "by call"), option("change", "by change"));
    this.link = make("button", { type: "button", onclick: () => this.copy() }, this.address ? "copy the link" : "copy the step");
    this.notes = make("input", { type: "checkbox", checked: true,
      onchange: () => this.code.classList.toggle("hidden", !this.notes.checked) });
    this.range = make("input", { type: "range", min: 0, max: last, "aria-label": "step", "data-key": "range",
      oninput: () => this.go(Number(this.range.value)) });
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.run = make("div", { class: "run" }, this.canvas, this.range);
    this.said = make("div", { class: "said", role: "status" });
    this.found = make("div", { class: "found", role: "status" });
    const pane = (name, ...children) => make("section", { class: `pane ${name}`, tabindex: 0, "aria-label": name }, ...children);
    this.around = make("div", { class: "calls" });
    this.variables = make("div");
    this.things = make("div");
    this.code = make("div", { class: "code" });
    this.frame = make("div", { class: "player", tabindex: 0, role: "group", "aria-label": `Player: ${this.film.title}`, "data-key": "player" },
      make("div", { class: "bar" }, ...Object.values(this.buttons), this.mode, this.pace,
        make("label", {}, "step", this.number, `of ${last}`), make("span", { class: "gap" }),
        make("label", {}, this.notes, "notes"), this.link),
      this.run, this.said, this.found,
      make("div", { class: "panes" },
        pane("bytes-pane", ...this.bytesPane()),
        pane("state", make("h3", {}, "Calls"), this.around, this.variables, this.things),
        this.listing = pane("listing", this.code)));
    this.root.append(make("style", {}, STYLE), this.frame);
    if (this.film.stopped) this.find("The film ends here: there was more than it may hold.");
  }

  bytesPane() {
    if (!this.film.bytes) return [make("h3", {}, "No connection, no bytes")];
    const { request, response } = this.film.bytes;
    this.requested = make("div", { class: "bytes" });
    this.responded = make("div", { class: "bytes" });
    this.counted = make("div", { class: "key" });
    const which = make("input", { type: "number", min: 0, max: Math.max(request.length - 1, 0), value: 0, "aria-label": "number of a byte" });
    const key = make("div", { class: "key" }, make("span", { class: "later" }, "to come"), make("span", { class: "waiting" }, "arrived"),
      make("span", { class: "done" }, "taken"), ...(this.film.bytes.cuts.length ? [make("span", { class: "cut" }, " a piece ended")] : []));
    return [make("h3", {}, "Received"), key, this.requested,
      make("div", { class: "bar" }, make("label", {}, "byte", which),
        make("button", { type: "button", "data-key": "byte", onclick: () => this.byte(which.valueAsNumber) }, "who took it?")),
      make("h3", {}, `Sent`), this.responded, this.counted,
      ...(response.length ? [] : [make("div", { class: "key" }, "Nothing is sent in this film.")])];
  }

  key(event) {
    event.stopPropagation();
    const target = this.root.activeElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target?.matches("select, input[type=number]")) return;
    const how = KEYS[event.key];
    if (!how || (event.key === " " && target?.matches("button, input[type=checkbox], summary, a"))) return;
    event.preventDefault();
    this.act(how);
  }

  act(how) {
    if (how === "play") return this.timer ? this.pause() : this.play();
    this.pause();
    this.go(this.film.moved(how, this.at, this.by));
  }

  play() {
    if (this.at === this.film.length - 1) this.go(0);
    let due = performance.now();
    const on = () => {
      if (!this.el.isConnected || this.at === this.film.length - 1) return this.pause();
      this.go(this.film.moved("step", this.at, this.by));
      // What it took to show the step is part of the time until the next one.
      due = Math.max(due + 1000 / Number(this.pace.value), performance.now());
      this.timer = setTimeout(on, due - performance.now());
    };
    this.timer = setTimeout(on, 0);
    this.buttons.play.textContent = "pause";
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.buttons.play.textContent = "play";
  }

  /** Show a step; what is not a step becomes the nearest one. */
  go(step) {
    const at = Math.min(Math.max(Math.round(step) || 0, 0), this.film.length - 1);
    if (at === this.at) return;
    const focused = this.root.activeElement?.dataset.key;
    this.at = at;
    this.find("");
    this.number.value = this.range.value = at;
    this.said.textContent = `${at}: ${this.film.says(at)}`;
    this.range.setAttribute("aria-valuetext", this.said.textContent);
    for (const how of ["start", "back"]) this.buttons[how].disabled = at === 0;
    for (const how of ["step", "over", "out", "end"]) this.buttons[how].disabled = at === this.film.length - 1;
    if (this.film.bytes) this.showBytes();
    this.showCalls();
    this.showNames();
    this.showListing();
    if (this.address) history.replaceState(null, "", `#step-${at}`);
    const same = focused && [...this.root.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused);
    if (focused && !(same && !same.disabled)) this.frame.focus({ preventScroll: true });
    else if (same && same !== this.root.activeElement) same.focus({ preventScroll: true });
  }

  find(what) { this.found.textContent = what; }

  copy() {
    const what = this.address ? location.href : `step=${this.at}`;
    const done = () => this.find(`Copied: ${what}`);
    if (navigator.clipboard) navigator.clipboard.writeText(what).then(done, () => this.find(what));
    else this.find(what);
  }

  /** Which line took a byte? */
  byte(number) {
    const last = this.film.bytes.request.length - 1;
    if (!(Number.isInteger(number) && number >= 0 && number <= last))
      return this.find(`There is no byte of that number: they are 0 to ${last}.`);
    const step = this.film.taker(number);
    if (step === undefined) return this.find(`No line in this film took byte ${number}.`);
    this.go(step);
    this.find(`This line took byte ${number}, ${shown(this.film.bytes.request[number])}.`);
  }

  /** Who changed a value: the last time before here, or the next one. */
  change(key, name, next) {
    const changers = this.film.changers(key, name);
    const row = (this.film.changesOf.get(key) ?? []).filter((each) => this.film.names[this.film.changes.name[each]] === name);
    const steps = row.map((each) => this.film.changeSteps[each]);
    const index = next ? changers.findIndex((step) => step > this.at) : upTo(steps, this.at);
    if (index < 0) return this.find(`${name} does not change ${next ? "after this step" : "before this step"}.`);
    this.go(changers[index]);
    this.find(`This line makes ${name} ${this.film.values[this.film.changes.value[row[index]]]}.`);
  }

  showBytes() {
    const { request, response, cuts, acts } = this.film.bytes;
    const [arrived, consumed, sent] = ["arrived", "consumed", "sent"].map((what) => this.film.count(what, this.at));
    const from = request.length <= MOST_BYTES ? 0 : Math.max(0, Math.min(consumed - 500, request.length - MOST_BYTES));
    if (from !== this.from) {
      const ends = new Set(cuts);
      this.from = from;
      this.spans = [...request.slice(from, from + MOST_BYTES)].map((character, index) => make("span", { class: "later",
        title: `byte ${from + index}`, onclick: () => this.byte(from + index) }, shown(character)));
      this.ends = this.spans.map((_, index) => ends.has(from + index));
      this.requested.replaceChildren(...(from ? [`... ${from} bytes, `] : []),
        ...this.spans.flatMap((span, index) => (request[from + index] === "\n" ? [span, "\n"] : [span])),
        ...(from + MOST_BYTES < request.length ? [` ... ${request.length - from - MOST_BYTES} bytes`] : []));
    }
    const taken = this.film.moves.taken.step.indexOf(this.at);
    const [first, end] = taken < 0 ? [0, 0] : [this.film.moves.taken.count[taken - 1] ?? 0, this.film.moves.taken.count[taken]];
    this.spans.forEach((span, index) => {
      const number = from + index;
      const kind = number < consumed ? "done" : number < arrived ? "waiting" : "later";
      const wanted = kind + (number >= first && number < end ? " now" : "") + (this.ends[index] ? " cut" : "");
      if (span.className !== wanted) span.className = wanted;
    });
    const start = Math.max(0, sent - MOST_BYTES);
    const text = (part) => [...part].map((each) => shown(each) + (each === "\n" ? "\n" : "")).join("").replaceAll("\u00b7", " ");
    this.responded.replaceChildren(start ? `... ${start} bytes, ` : "", make("span", { class: "done" }, text(response.slice(start, sent))),
      make("span", { class: "later" }, text(response.slice(sent, sent + MOST_BYTES))));
    const did = acts.filter((act) => act[1] <= this.at).pop();
    const says = { send: (act) => `the client sends bytes ${act[2]} to ${act[3] - 1}`, advance: (act) => `${act[2]} s pass`,
      disconnect: (act) => `the client ${act[2] ? "resets" : "closes"} the connection` };
    this.counted.textContent = `${arrived} bytes have arrived, ${consumed} are taken, ${sent} are sent.`
      + (did && did[0] !== "send" ? ` Last, ${says[did[0]](did)}.` : "");
  }

  showCalls() {
    const here = this.film.frames[this.at];
    const line = (frame, depth, kind, says) => {
      const chip = make("i");
      chip.style.background = LANES[this.film.lane(frame.call)];
      const button = make("button", { type: "button", class: `call ${kind}`, "data-key": `frame ${frame.began}`, title: says,
        "aria-current": kind === "here" ? "step" : undefined, onclick: () => this.go(frame.began) }, chip, this.film.short(frame.call));
      button.style.paddingLeft = `${depth * 8 + 2}px`;
      return button;
    };
    const above = [];
    for (let at = here.up; at; at = at.up) above.unshift(at);
    const indent = (frame) => Math.min(frame.depth - 1, 14);
    this.around.replaceChildren(
      ...above.map((frame) => line(frame, indent(frame), "", "to where it is called")),
      line(here, indent(here), "here", "to where it is called"),
      ...here.made.map((frame) => line(frame, indent(here) + 1, frame.began > this.at ? "later" : "",
        frame.began > this.at ? "is called later" : "has been called")));
  }

  showNames() {
    const call = this.film.call[this.at];
    const rows = (key, state) => [...state].map(([name, { value, fresh }]) =>
      make("tr", { class: fresh ? "fresh" : "" }, make("td", { class: "name" }, name), make("td", { class: "value" }, value),
        make("td", {}, ...[[false, "\u2039", "last"], [true, "\u203a", "next"]].map(([next, sign, which]) =>
          make("button", { type: "button", "aria-label": `${which} change of ${name}`, title: `who changed it? the ${which} change`,
            "data-key": `${key} ${name} ${which}`, onclick: () => this.change(key, name, next) }, sign)))));
    const table = (title, key, state) => state.size
      ? [make("h3", {}, title), make("table", { class: "names" }, make("tbody", {}, ...rows(key, state)))] : [];
    // What has just changed comes first.
    const sorted = (state) => new Map([...state].sort(([, one], [, other]) => other.fresh - one.fresh));
    const own = sorted(this.film.state(`call ${call}`, this.at));
    const things = this.film.objects.map((label, index) => (
      { label, key: `object ${index}`, state: sorted(this.film.state(`object ${index}`, this.at)) }));
    const fresh = (each) => [...each.state.values()].some((one) => one.fresh);
    things.sort((one, other) => fresh(other) - fresh(one));
    this.variables.replaceChildren(...table(`Names in ${this.film.short(call)}`, `call ${call}`, own));
    this.things.replaceChildren(...things.flatMap(({ label, key, state }) => table(label, key, state)));
  }

  showListing() {
    const [number, text] = [this.film.listing(this.at), this.film.text(this.at)];
    if (this.listed !== number) {
      this.listed = number;
      this.code.replaceChildren(...this.listingOf(number, text));
    }
    const line = this.film.line[this.at];
    for (const row of this.code.querySelectorAll("tr[data-line]")) {
      row.classList.toggle("here", Number(row.dataset.line) === line);
    }
    const here = this.code.querySelector(".here");
    if (!here) return;
    const [inside, around] = [here.getBoundingClientRect(), this.listing.getBoundingClientRect()];
    if (inside.top < around.top + 30 || inside.bottom > around.bottom - 30)
      this.listing.scrollTop += inside.top - around.top - around.height / 3;
  }

  listingOf(number, text) {
    const head = make("h3", {}, text.short);
    if (text.missing) return [head, make("p", {}, text.missing)];
    const where = `${text.file}, lines ${text.first}-${text.first + text.lines.length - 1}`;
    const purpose = make("div", { class: "purpose" });
    purpose.innerHTML = text.purpose;
    const notes = new Map(text.notes.map(([line]) => [line, text.notes.filter(([each]) => each === line)]));
    const folded = new Set(text.folds.flatMap(([first, end]) => Array.from({ length: end - first }, (_, index) => first + index)));
    const rows = text.lines.flatMap((source, line) => [this.lineRow(number, text, source, line, folded),
      ...(notes.get(line) ?? []).map(([, html]) => {
        const cell = make("td");
        cell.innerHTML = html;
        return make("tr", { class: "note" }, make("td"), cell);
      })]);
    return [head, make("div", { class: "key" }, text.link ? make("a", { href: text.link }, where) : where), purpose,
      make("table", {}, make("tbody", {}, ...rows))];
  }

  lineRow(number, text, source, line, folded) {
    const steps = this.film.runs.get(`${number} ${text.statements[line] ?? line}`);
    const lit = steps && text.statements[line] !== null;
    const says = text.first + line;
    const again = () => this.go(steps.find((step) => step > this.at) ?? steps[0]);
    const label = lit && text.statements[line] === line
      ? make("button", { type: "button", title: `to the next of ${steps.length} times that it ran`, "data-key": `line ${line}`, onclick: again }, String(says))
      : make("span", {}, String(says));
    const pre = make("pre", {}, ...(folded.has(line) ? [make("span", { class: "folded" }, source || "\u200b")] : coloured(source || "\u200b")));
    pre.style.setProperty("--indent", `${source.length - source.trimStart().length}ch`);
    if (lit) pre.addEventListener("click", again);
    return make("tr", { class: lit ? "lit" : "", "data-line": line }, make("td", { class: "number" }, label), make("td", {}, pre));
  }

  /** The whole run: depth of the calls in the colours of the lanes, and a mark where something arrives. */
  drawRun() {
    const { width, height } = this.run.getBoundingClientRect();
    if (!width) return;
    const scale = window.devicePixelRatio || 1;
    [this.canvas.width, this.canvas.height] = [width * scale, height * scale];
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const deepest = this.film.frames.reduce((most, frame) => Math.max(most, frame.depth), 1);
    const x = (step) => 1.5 + (step / Math.max(this.film.length - 1, 1)) * (width - 3);
    pen.fillStyle = getComputedStyle(this.frame).color;
    pen.globalAlpha = 0.25;
    pen.fillRect(0, height - 1, width, 1);
    const every = Math.max(1, Math.floor(this.film.length / width));
    for (let step = 0; step < this.film.length; step += every) {
      const frame = this.film.frames[step];
      const tall = (frame.depth / deepest) * (height - 12);
      const lane = LANES[this.film.lane(frame.call)];
      pen.globalAlpha = 0.8;
      pen.fillStyle = lane === LANES.reactor ? getComputedStyle(this.frame).color : lane;
      pen.fillRect(x(step), height - tall, Math.max(x(step + every) - x(step), 1), tall);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = getComputedStyle(this.frame).color;
    this.film.moves.arrived.step.slice(1).forEach((step) => {
      pen.beginPath();
      pen.moveTo(x(step) - 4, 0);
      pen.lineTo(x(step) + 4, 0);
      pen.lineTo(x(step), 7);
      pen.fill();
    });
  }
}

/** Show a film: what a notebook, a page and a widget call. An AbortSignal, if there is one, ends the player. */
export function render({ model, el, signal }) {
  const film = new Film(model.get("film"), model.get("texts"));
  return new Player(film, el, { step: model.get("step"), address: model.get("address"), signal });
}

/** Show the films that stand as JSON inside some elements. */
export function show(elements) {
  for (const el of elements) {
    const data = el.querySelector('script[type="application/json"]');
    if (data && !el.shadowRoot) {
      const values = JSON.parse(data.textContent);
      render({ model: { get: (name) => values[name] }, el });
    }
  }
}

export default { render };
