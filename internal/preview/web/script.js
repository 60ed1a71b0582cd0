// Moves between rows without loading the whole page, and follows changes. All
// of the page works without it but the search while typing and the keys.
"use strict";

const views = ["message", "text", "headers", "source", "attachments", "links", "verdict"];
const at = (id) => document.getElementById(id);
let latest = 0;

// show fetches a page and puts these of its parts in the place of ours.
async function show(url, parts, { push = false } = {}) {
  const mine = ++latest;
  const answer = await fetch(url, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== latest) return;
  const chosen = [...document.querySelectorAll("#message input:checked")].map((i) => i.id);
  const focused = document.activeElement;
  const wasRow = focused && focused.closest && focused.closest("#rows li");
  for (const part of parts) {
    const fresh = page.getElementById(part);
    if (!fresh) continue;
    const scrolled = at(part).scrollTop;
    at(part).replaceWith(document.adoptNode(fresh));
    if (part === "rows") at(part).scrollTop = scrolled;
  }
  for (const id of chosen) if (at(id)) at(id).checked = true;
  if (focused && focused.id && !document.contains(focused) && at(focused.id)) at(focused.id).focus();
  if (wasRow) current()?.focus();
  if (push) history.pushState(null, "", url);
  document.title = page.title;
}

const current = () => document.querySelector("#rows a[aria-current]");
const rows = () => [...document.querySelectorAll("#rows a[data-line]")];

// choose shows another row and leaves the list as it is.
async function choose(link) {
  for (const other of rows()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest" });
  if (document.activeElement !== at("search")) link.focus();
  await show(link.href, ["message"], { push: true });
  at("said").textContent = at("message").querySelector(".line")?.textContent ?? "";
}

async function move(step) {
  const all = rows();
  const here = all.indexOf(current());
  const next = all[here + step];
  if (next) return choose(next);
  const turn = at(step > 0 ? "next" : "previous");
  if (!turn) return;
  await show(turn.href, ["rows"]);
  const list = [...document.querySelectorAll("#rows .all a")];
  if (list.length) choose(step > 0 ? list[0] : list.at(-1));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#rows a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.dataset.line) choose(link);
  else show(link.href, ["rows"], { push: true });
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
    show(url, ["rows"]).then(() => history.replaceState(null, "", url));
  }, 150);
}
document.addEventListener("input", (event) => { if (event.target.id === "search") search(); });
document.addEventListener("submit", (event) => { event.preventDefault(); search(); });
window.addEventListener("popstate", () => show(location.href, ["top", "rows", "message"]));

// Typing goes on while the list is replaced: what was typed stays.
function keepTyping(update) {
  const box = at("search");
  const typed = box === document.activeElement ? { value: box.value, start: box.selectionStart, end: box.selectionEnd } : null;
  return update.then(() => {
    if (!typed) return;
    at("search").value = typed.value;
    at("search").focus();
    at("search").setSelectionRange(typed.start, typed.end);
  });
}

const events = new EventSource("events");
events.addEventListener("progress", () => keepTyping(show(location.href, ["top", "rows"])));
events.addEventListener("judged", () => keepTyping(show(location.href, ["top", "rows", "message"])));
events.addEventListener("reload", () => keepTyping(show(location.href, ["top", "rows", "message"])));
events.addEventListener("error", () => {
  if (events.readyState !== EventSource.CLOSED && document.querySelector(".ended")) return;
  const note = document.createElement("p");
  note.className = "ended";
  note.setAttribute("role", "status");
  note.textContent = "The preview has ended. What is on this page stays.";
  document.body.append(note);
});
events.addEventListener("open", () => document.querySelector(".ended")?.remove());
