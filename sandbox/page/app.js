// The page: draws snapshots of the workspace as one person sees it, and sends what that person does.

import { avatar, el } from "./dom.js";
import { Modal } from "./dialogs.js";
import { composer } from "./composer.js";
import { drawHome, drawMessages } from "./messages.js";
import { drawMischief, drawPeople, drawPlaces, drawStatus, drawStrip } from "./sidebar.js";
import { toast, trouble } from "./toasts.js";

const $ = (id) => document.getElementById(id);
const here = { as: "", at: "", thread: "", focusOn: "" };
const pending = new Set();
let snap = null;
let modal = null;
let loading = false;
let stale = false;
let shown = { at: "", thread: "", as: "", last: "", lastReply: "" };

const reader = () => {
  const everybody = [...snap.people, snap.bot];
  const me = everybody.find((one) => one.id === snap.me);
  return {
    me: me.id,
    zone: me.timezone,
    person: (id) => everybody.find((one) => one.id === id) ?? { id, name: id },
    name: (id) => everybody.find((one) => one.id === id)?.name,
    channel: (id) => snap.conversations.find((one) => one.id === id)?.name,
  };
};

const contextOf = (act) => ({
  reader: reader(), people: snap.people, conversations: snap.conversations.filter((one) => one.kind !== "im"), act, prefix: "p",
});

async function send(act, body) {
  try {
    const answer = await fetch(`/page/act/${act}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: here.as, ...body }),
    });
    return await answer.json();
  } catch {
    return { status: 0, error: "sandbox_gone" };
  }
}

async function refresh() {
  stale = true;
  if (loading) return;
  loading = true;
  try {
    while (stale) {
      stale = false;
      const next = await snapshot();
      if (next && !stale) { snap = next; draw(); }
    }
  } finally {
    loading = false;
  }
}

async function snapshot() {
  try {
    const answer = await fetch(`/page/state?${new URLSearchParams({ as: here.as, at: here.at, thread: here.thread })}`);
    return await answer.json();
  } catch {
    return null; // the feed tells when the sandbox is back
  }
}

function draw() {
  here.as ||= snap.me;
  const known = snap.conversations.some((one) => one.id === here.at);
  if (here.at !== "home" && !known) return go({ at: snap.conversations.find((one) => one.kind === "im").id, thread: "" });
  modal ??= new Modal({
    bot: snap.bot, onSubmit: submit, onClose: close,
    contextFor: (view) => contextOf((block, element, value) => press({ view_id: view.id, entered: modal.entered() }, block, element, value)),
  });
  document.title = `${titleOf(here.at)} · ${snap.team}`;
  $("team").textContent = snap.team;
  drawPeople($("people"), snap, (person) => go({ as: person.id, thread: "" }));
  drawStatus($("status"), snap, (status) => send("status", status));
  drawPlaces($("places"), snap, here.at, go);
  drawMischief($("mischief-toggle"), $("mischief"), snap, (troubles) => send("mischief", { troubles }));
  $("menu").replaceChildren(avatar(reader().person(snap.me), "small"), el("span", { "aria-hidden": "true" }, "☰"));
  drawStrip($("strip"), snap, reader());
  drawPlace();
  drawThread();
  modal.show(snap.modal);
  shown = { ...shown, as: here.as, at: here.at, thread: here.thread };
  markRead();
}

function drawPlace() {
  const home = here.at === "home";
  const conversation = snap.conversations.find((one) => one.id === here.at);
  $("title").textContent = titleOf(here.at);
  $("subtitle").textContent = home ? "Home tab" : conversation.kind === "im" ? "App" : conversation.botIsMember ? `with ${snap.bot.name}` : "";
  $("composer-form").hidden = home;
  const context = contextOf();
  const near = isNear($("scroll"));
  if (home) {
    drawHome($("messages"), snap, { ...context, act: (block, element, value) => press({ view_id: snap.home.id }, block, element, value) });
  } else {
    drawMessages($("messages"), snap.messages, { context, pending, press: pressOn, openThread: (ts) => go({ thread: ts }), empty: emptyText(conversation) });
  }
  composer($("composer-form"), {
    id: "composer", key: `${here.as}/${here.at}`, label: `Message ${titleOf(here.at)}`, commands: snap.commands, hint: snap.hint,
    send: (text) => write(text, ""),
  });
  settle($("scroll"), snap.messages, "last", shown.at !== here.at || shown.as !== here.as, near);
}

function drawThread() {
  const open = Boolean(here.thread) && snap.thread.length > 0;
  if (!open) return hideThread();
  $("thread").hidden = false;
  document.body.classList.add("with-thread");
  const near = isNear($("thread-scroll"));
  drawMessages($("thread-messages"), snap.thread, { context: contextOf(), pending, press: pressOn, inThread: true });
  composer($("thread-form"), {
    id: "thread-composer", key: `${here.as}/${here.thread}`, label: "Reply in the thread", commands: [], hint: "",
    send: (text) => write(text, here.thread),
  });
  settle($("thread-scroll"), snap.thread, "lastReply", shown.thread !== here.thread, near);
}

function hideThread() {
  $("thread").hidden = true;
  document.body.classList.remove("with-thread");
}

function isNear(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 260;
}

// Stays at the newest message when it was near, at the top of one that is taller than the view, and
// tells screen readers of what came in.
function settle(box, messages, key, fresh, wasNear) {
  const newest = messages.at(-1)?.ts ?? "";
  const target = here.focusOn && document.querySelector(`[data-ts="${CSS.escape(here.focusOn)}"]`);
  if (target && fresh) {
    target.scrollIntoView({ block: "center" });
    target.classList.add("pointed-at");
    here.focusOn = "";
  } else if (fresh || (wasNear && newest !== shown[key])) {
    box.scrollTop = here.at === "home" && key === "last" ? 0 : box.scrollHeight;
    const top = box.querySelector(".message:last-child")?.getBoundingClientRect().top ?? Infinity;
    box.scrollTop += Math.min(0, top - box.getBoundingClientRect().top - 8);
  }
  if (!fresh && newest && newest !== shown[key]) {
    const message = messages.at(-1);
    $("live").textContent = `${reader().name(message.user)}: ${message.text}`;
  }
  shown[key] = newest;
}

function markRead() {
  const conversation = snap.conversations.find((one) => one.id === here.at);
  if (conversation?.unread && document.visibilityState === "visible") send("read", { at: here.at });
}

function go(place) {
  Object.assign(here, place);
  if (place.at) here.thread = place.thread ?? "";
  closeMenu();
  if (!here.thread) hideThread();
  const me = snap?.people.find((one) => one.id === here.as);
  const conversation = snap?.conversations.find((one) => one.id === here.at);
  // A direct conversation belongs to one person: a new person goes to their own.
  if (place.as && conversation?.kind === "im") here.at = `D${here.as.slice(1)}`;
  const query = new URLSearchParams({ as: me?.email ?? here.as });
  if (here.at === "home") query.set("home", "1");
  else if (here.at.startsWith("D")) query.set("dm", "1");
  else if (conversation) query.set("channel", conversation.name);
  if (here.thread) query.set("thread", here.thread);
  history.replaceState(null, "", `?${query}`);
  if (here.at === "home" && (place.at || place.as)) openHome();
  return refresh();
}

async function openHome() {
  const done = await send("home", {});
  if (done.error) toast(trouble("home", done.error, snap.bot.name));
}

async function press(where, block, element, value) {
  const key = where.ts ?? where.view_id;
  if (pending.has(key)) return;
  pending.add(key);
  if (where.ts) draw(); else busyButtons(true);
  const done = await send("press", { ...where, block_id: block.block_id, action_id: element.action_id, value });
  pending.delete(key);
  if (!where.ts) busyButtons(false);
  if (done.error) toast(trouble("press", done.error, snap.bot.name));
  await refresh();
}

const pressOn = (message, block, element, value) => press({ channel: message.channel, ts: message.ts }, block, element, value);

function busyButtons(busy) {
  for (const node of document.querySelectorAll("dialog.modal .b-actions .btn, dialog.modal .b-accessory .btn, .home .btn")) {
    node.toggleAttribute("disabled", busy);
  }
}

async function submit(view, entered) {
  modal.busy = true;
  modal.show(view);
  const done = await send("submit", { view_id: view.id, entered });
  modal.busy = false;
  if (done.error) toast(trouble("submit", done.error, snap.bot.name));
  modal.signature = "";
  await refresh();
}

async function close(view) {
  const done = await send("close", { view_id: view.id });
  if (done.error && done.error !== "this view is gone") toast(trouble("press", done.error, snap.bot.name));
  await refresh();
}

async function write(text, thread) {
  const done = await send("write", { at: here.at, text, thread: thread || undefined });
  if (done.error) toast(trouble(text, done.error, snap.bot.name));
  $("scroll").scrollTop = $("scroll").scrollHeight;
  await refresh();
}

function titleOf(at) {
  const conversation = snap.conversations.find((one) => one.id === at);
  if (at === "home" || conversation?.kind === "im") return snap.bot.name;
  return conversation ? `#${conversation.name}` : "";
}

function emptyText(conversation) {
  return conversation.kind === "im"
    ? `This is your direct conversation with ${snap.bot.name}. Type ${snap.commands[0] ?? "a message"} to begin.`
    : `Nothing has been written in #${conversation.name} yet.`;
}

function closeMenu() {
  document.body.classList.remove("menu-open");
  $("menu").setAttribute("aria-expanded", "false");
}

function listen() {
  const changes = new EventSource("/page/changes");
  changes.addEventListener("message", refresh);
  $("menu").addEventListener("click", () => {
    const open = document.body.classList.toggle("menu-open");
    $("menu").setAttribute("aria-expanded", String(open));
    if (open) $("people").querySelector("button[tabindex='0']")?.focus();
  });
  $("scrim").addEventListener("click", closeMenu);
  $("thread-close").addEventListener("click", () => go({ thread: "" }));
  document.addEventListener("visibilitychange", () => snap && markRead());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (document.body.classList.contains("menu-open")) closeMenu();
    else if (here.thread) go({ thread: "" });
  });
}

// Deep links: ?as=ana@acme.example with &channel=gtm, &dm=1 or &home=1, and &thread=TS or &ts=TS.
async function start() {
  const query = new URLSearchParams(location.search);
  here.as = query.get("as") ?? "";
  const first = await snapshot();
  const channel = query.get("channel");
  const wanted = first.conversations.find((one) => one.id === channel || (one.kind !== "im" && one.name === channel));
  snap = first;
  listen();
  const at = query.get("home") ? "home" : wanted?.id ?? `D${first.me.slice(1)}`;
  here.focusOn = query.get("ts") ?? "";
  here.as = first.me;
  await go({ at, thread: query.get("thread") ?? "" });
}

start();
