"use strict";

// Rows by their numbers, the newest first on the page. All text is set as text: what services send is never markup.
const rows = new Map();
const most = 500;
let chosen = null;
let paused = false;
const waiting = [];

const id = (name) => document.getElementById(name);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const statusClass = (status) => `s${Math.floor(status / 100)}`;
const time = (milliseconds) => new Date(milliseconds).toLocaleTimeString([], { hour12: false });

function words(item) {
  return [item.number, item.method, item.service, item.path, item.status, item.operation, item.environment, item.fault]
    .filter((part) => part !== null && part !== undefined)
    .join(" ")
    .toLowerCase();
}

function row(item) {
  const made = element("tr");
  made.tabIndex = 0;
  made.dataset.number = item.number;
  made.append(
    element("td", item.number),
    element("td", time(item.started)),
    element("td", item.method),
    element("td", item.service || "–"),
  );
  const path = element("td", item.path);
  path.title = item.operation ? `${item.operation}: ${item.path}` : item.path;
  const status = element("td", item.status, statusClass(item.status));
  if (item.by === "gateway") status.append(element("span", "gateway", "mark"));
  if (item.findings) status.append(element("span", `${item.findings} ✗`, "mark s5"));
  if (item.fault) status.append(element("span", item.fault, "mark s4"));
  made.append(path, status, element("td", item.elapsed.toFixed(1), "number"));
  const open = () => show(item.number);
  made.addEventListener("click", open);
  made.addEventListener("keydown", (event) => event.key === "Enter" && open());
  return made;
}

function add(item) {
  if (rows.has(item.number)) return;
  const made = row(item);
  rows.set(item.number, { item, row: made });
  const next = [...id("rows").children].find((other) => Number(other.dataset.number) < item.number);
  id("rows").insertBefore(made, next ?? null);
  if (rows.size > most) {
    const oldest = Math.min(...rows.keys());
    rows.get(oldest).row.remove();
    rows.delete(oldest);
  }
}

function filter() {
  const wanted = id("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { item, row } of rows.values()) {
    const text = words(item);
    row.hidden = !wanted.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  id("count").textContent = wanted.length ? `${shown} of ${rows.size}` : `${rows.size}`;
  id("empty").hidden = rows.size > 0;
}

function pairs(list) {
  const made = element("dl");
  for (const [name, value] of list) made.append(element("dt", name), element("dd", value));
  return made;
}

function message(title, part) {
  const headers = element("details");
  headers.append(element("summary", `${part.headers.length} headers`), pairs(part.headers));
  headers.open = true;
  const made = [element("h3", title), headers];
  if (part.length > 0) {
    const cut = part.whole ? "" : ", the first part of it";
    made.push(element("h3", `Body · ${part.length} bytes${cut}`), element("pre", part.body));
  }
  return made;
}

function facts(item) {
  const list = [
    ["Status", `${item.status}, from the ${item.by}`],
    ["Environment", item.environment],
    ["Time", `${item.elapsed.toFixed(2)} ms, head after ${item.head_after.toFixed(2)} ms`],
  ];
  if (item.operation) list.push(["Operation", item.operation]);
  if (item.fault) list.push(["Fault", item.fault]);
  if (!item.complete) list.push(["Ended", "before the whole answer was sent"]);
  return pairs(list);
}

function timing(item) {
  const bar = element("div", null, "bar");
  const whole = Math.max(item.elapsed, 0.01);
  for (const part of [item.head_after, item.elapsed - item.head_after]) {
    const made = element("i");
    made.style.width = `${(100 * part) / whole}%`;
    bar.append(made);
  }
  return bar;
}

function check(item) {
  if (!item.findings) return [];
  const title = element("h3", "Document");
  if (item.findings.length === 0) return [title, element("p", "Request and answer fit the document.", "fine")];
  const list = element("ul", null, "findings");
  list.append(...item.findings.map((finding) => element("li", finding)));
  return [title, list];
}

function actions(item) {
  const made = element("div", null, "actions");
  const said = element("output");
  const copy = element("button", "Copy as curl");
  copy.id = "copy";
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(item.curl).then(
      () => (said.textContent = "copied"),
      () => (said.textContent = "the browser does not let this page copy; the command is below"),
    );
  });
  const again = element("button", "Replay");
  again.id = "replay";
  again.disabled = !item.replayable;
  again.addEventListener("click", async () => {
    said.textContent = "…";
    const answer = await ask(`/exchanges/${item.number}/replay`, "POST");
    said.textContent = answer.error ?? `answered ${answer.status}`;
  });
  made.append(copy, again, said);
  return made;
}

async function ask(path, method = "GET") {
  const headers = method === "GET" ? {} : { "x-inspector": "page" };
  const answer = await fetch(`/_inspector${path}`, { method, headers });
  return answer.json();
}

async function show(number) {
  const item = await ask(`/exchanges/${number}`);
  const detail = id("detail");
  for (const { row } of rows.values()) row.classList.toggle("chosen", Number(row.dataset.number) === number);
  chosen = number;
  if (item.error) {
    detail.replaceChildren(element("p", item.error));
  } else {
    detail.replaceChildren(
      element("h2", `${item.method} ${item.service ? `${item.service} ` : ""}${item.path}`),
      facts(item),
      timing(item),
      actions(item),
      ...check(item),
      ...message("Request", item.request),
      ...message("Answer", item.response),
      element("h3", "curl"),
      element("pre", item.curl),
    );
  }
  detail.hidden = false;
}

async function refresh() {
  for (const item of await ask("/exchanges")) add(item);
  filter();
}

function listen() {
  const events = new EventSource("/_inspector/events");
  events.addEventListener("open", () => {
    id("live").textContent = "live";
    id("live").classList.add("on");
    refresh();
  });
  events.addEventListener("error", () => {
    id("live").textContent = "the emulator is gone";
    id("live").classList.remove("on");
  });
  events.addEventListener("message", (event) => {
    const item = JSON.parse(event.data);
    if (paused) {
      waiting.push(item);
      id("pause").textContent = `Go on (${waiting.length})`;
      return;
    }
    add(item);
    filter();
  });
}

id("filter").addEventListener("input", filter);
id("pause").addEventListener("click", () => {
  paused = !paused;
  if (!paused) {
    waiting.splice(0).forEach(add);
    filter();
  }
  id("pause").textContent = paused ? "Go on" : "Pause";
});
id("clear").addEventListener("click", async () => {
  await ask("/exchanges", "DELETE");
  rows.clear();
  id("rows").replaceChildren();
  id("detail").hidden = true;
  chosen = null;
  filter();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== id("filter")) {
    event.preventDefault();
    id("filter").focus();
  }
  if (event.key === "Escape" && chosen !== null) {
    id("detail").hidden = true;
    chosen = null;
  }
});

filter();
listen();
