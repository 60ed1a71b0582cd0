// Moves between rows without loading the whole page, and follows changes. All
// of the page works without it but the search while typing and the keys.
"use strict";

const views = ["message", "text", "headers", "source", "attachments", "links", "verdict"];
const at = (id) => document.getElementById(id);
// waits says whether the message of a page has not been judged yet.
const waits = (page) => page.querySelector("#message .line .waiting");

const latest = {}; // for each part the number of the last request for it
let requests = 0;

// show fetches a page and puts these of its parts in the place of ours, unless
// a later request is for them.
async function show(url, parts) {
  const mine = ++requests;
  for (const part of parts) latest[part] = mine;
  const answer = await fetch(url, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (waits(document) && !waits(page)) parts = [...parts, "message"];
  const fresh = parts.filter((part) => (latest[part] ?? 0) <= mine && page.getElementById(part));
  if (fresh.length) keepPlace(() => {
    for (const part of fresh) {
      const scrolled = at(part).scrollTop;
      at(part).replaceWith(document.adoptNode(page.getElementById(part)));
      if (part === "rows") at(part).scrollTop = scrolled;
    }
  });
}

// keepPlace does a change and puts back what was chosen, typed and focused.
function keepPlace(change) {
  const chosen = [...document.querySelectorAll("#message input:checked")].map((i) => i.id);
  const focused = document.activeElement;
  const wasRow = focused.closest("#rows li");
  const { value, selectionStart, selectionEnd } = at("search");
  change();
  for (const id of chosen) if (at(id)) at(id).checked = true;
  if (document.contains(focused)) return;
  if (wasRow) current()?.focus();
  else if (focused.id && at(focused.id)) at(focused.id).focus();
  if (focused.id !== "search") return;
  at("search").value = value;
  at("search").setSelectionRange(selectionStart, selectionEnd);
}

const current = () => document.querySelector("#rows a[aria-current]");
const rows = () => [...document.querySelectorAll("#rows a[data-line]")];

// choose shows another row and leaves the list as it is.
async function choose(link) {
  for (const other of rows()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest" });
  if (document.activeElement !== at("search")) link.focus();
  history.pushState(null, "", link.href);
  await show(link.href, ["message"]);
  at("said").textContent = at("message").querySelector(".line")?.textContent ?? "";
}

// turn shows another page of the list.
function turn(link) {
  history.pushState(null, "", link.href);
  return show(link.href, ["rows"]);
}

async function move(step) {
  const all = rows();
  const here = all.indexOf(current());
  const next = all[here + step];
  if (next) return choose(next);
  const page = at(step > 0 ? "next" : "previous");
  if (!page) return;
  await turn(page);
  const list = [...document.querySelectorAll("#rows .all a")];
  if (list.length) choose(step > 0 ? list[0] : list.at(-1));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#rows a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.dataset.line) choose(link);
  else turn(link);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const input = event.target.closest("input, select, textarea");
  if (input && (input.type !== "radio" || event.key.startsWith("Arrow"))) {
    if (event.key === "Escape") input.blur();
    if (input.id !== "search" || event.key !== "ArrowDown") return;
  }
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const view = views[Number(event.key) - 1];
  if (step && !event.target.closest(".lines")) move(step);
  else if (event.key === "/") at("search").focus();
  else if (view && at("v-" + view)) at("v-" + view).checked = true;
  else return;
  event.preventDefault();
});

let typing;
function search() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const url = new URL(location.href);
    url.searchParams.delete("from");
    url.searchParams.set("q", at("search").value);
    history.replaceState(null, "", url);
    show(url, ["rows"]);
  }, 150);
}
document.addEventListener("input", (event) => { if (event.target.id === "search") search(); });
document.addEventListener("submit", (event) => { event.preventDefault(); search(); });
window.addEventListener("popstate", () => show(location.href, ["top", "rows", "message"]));

const events = new EventSource("events");
events.addEventListener("progress", () => show(location.href, ["top", "rows"]));
events.addEventListener("reload", () => show(location.href, ["top", "rows", "message"]));
events.addEventListener("error", () => {
  if (events.readyState !== EventSource.CLOSED && document.querySelector(".ended")) return;
  const note = document.createElement("p");
  note.className = "ended";
  note.setAttribute("role", "status");
  note.textContent = "The preview has ended. What is on this page stays.";
  document.body.append(note);
});
events.addEventListener("open", () => document.querySelector(".ended")?.remove());
